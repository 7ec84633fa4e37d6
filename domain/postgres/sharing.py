"""Sharing one server between programs by file locks.

The kernel drops a lock when its holder dies, however it dies; lists of pids rot. Two files: `users.lock` is
held shared while the server is used, `change.lock` exclusively for the moment in which somebody starts or
stops it. `users.lock` is only tried exclusively under `change.lock`, so joining never races with stopping.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from domain.postgres.errors import PostgresError
from domain.postgres.files import open_private
from domain.postgres.places import Place

CHANGE_TIMEOUT = 300.0  # seconds: longer than another's start and stop may take


@dataclass(frozen=True)
class Use:
    """One user's hold on a server."""

    descriptor: int
    pid: int

    def is_mine(self) -> bool:
        """Not so in a fork, which has the same lock through the same descriptor and must leave it alone."""
        return os.getpid() == self.pid

    def join(self) -> bool:
        """Hold the lock shared; true if there is no other user. Only within `changing`."""
        alone = self.is_last()
        fcntl.flock(self.descriptor, fcntl.LOCK_SH)
        return alone

    def is_last(self) -> bool:
        """Whether nobody else uses the server; the lock is ours alone then. Only within `changing`."""
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def using(place: Place) -> Iterator[Use]:
    """A hold that ends with the block or the process, whichever comes first."""
    use = Use(open_private(place.home / "users.lock"), os.getpid())
    try:
        yield use
    finally:
        if use.is_mine():
            fcntl.flock(use.descriptor, fcntl.LOCK_UN)
        os.close(use.descriptor)


@contextmanager
def changing(place: Place) -> Iterator[None]:
    """Nobody else starts or stops the server meanwhile."""
    descriptor = open_private(place.home / "change.lock")
    try:
        _wait_for(descriptor, place)
        yield
    finally:
        # A fork made meanwhile has the descriptor too, so closing ours alone would not free the lock.
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


def _wait_for(descriptor: int, place: Place) -> None:
    deadline = time.monotonic() + CHANGE_TIMEOUT
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise PostgresError(
                    f"another program has been starting or stopping the server in {place.home} "
                    f"for {CHANGE_TIMEOUT:.0f} s; end it, then try again"
                ) from None
            time.sleep(0.02)
        else:
            return
