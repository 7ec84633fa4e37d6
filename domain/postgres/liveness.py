"""Whether a server lives, and clearing away what a dead one left."""

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil

from domain.postgres.errors import PostgresError
from domain.postgres.places import Place
from domain.postgres.records import Record

PATIENCE = 5.0  # seconds for the children of a dead postmaster to notice and leave
ZOMBIE_PATIENCE = 0.5  # seconds for a parent to reap; in containers the first process may never do it


def postmaster(place: Place, record: Record | None) -> psutil.Process | None:
    """The running postmaster of this data directory; None if there is none, or a zombie, or a stranger."""
    pid = pid_on_file(place)
    if pid is None:
        return None
    try:
        found = psutil.Process(pid)
        same = _serves(found, place.data)
        if same and record is not None and record.pid == pid:
            same = abs(born(found) - record.born) < 2  # both readings are whole clock ticks and seconds
    except psutil.Error:
        return None
    return found if same else None


def born(found: psutil.Process) -> float:
    """When a process started, in seconds after boot, which a corrected clock does not change."""
    return float(found.create_time() - psutil.boot_time())


def pid_on_file(place: Place) -> int | None:
    """The pid in postmaster.pid; None without the file or with rubbish in it."""
    try:
        first = (
            (place.data / "postmaster.pid").read_text(encoding="ascii", errors="replace").partition("\n")[0]
        )
    except FileNotFoundError:
        return None
    return abs(int(first)) if first.strip().lstrip("-").isdigit() else None


def clear_remains(place: Place) -> None:
    """After this a dead server's leftovers do not keep the next one from starting.

    Must be called only when `postmaster` found none. PostgreSQL itself takes a stale postmaster.pid for a
    server as long as any process has that pid, be it a zombie or a stranger; so the file goes.
    """
    pid = pid_on_file(place)
    if pid is None:
        return
    _bury(pid)
    _end_orphans(place.data)
    if psutil.pid_exists(pid):
        (place.data / "postmaster.pid").unlink(missing_ok=True)


def wait_until_gone(found: psutil.Process, patience: float = PATIENCE) -> bool:
    """Whether the process ended in time; one of our own children is reaped."""
    gone = _wait(lambda: not found.is_running() or _is_zombie(found), patience)
    if gone:
        _reap(found.pid)
    return gone


def _serves(found: psutil.Process, data: Path) -> bool:
    if found.status() == psutil.STATUS_ZOMBIE:
        return False
    # An updated wheel leaves the old program running under a deleted name.
    program = Path(found.exe().removesuffix(" (deleted)")).name
    return program == "postgres" and Path(found.cwd()) == data


def _bury(pid: int) -> None:
    """Reap a dead postmaster if it is our child, else give its parent time to."""
    try:
        found = psutil.Process(pid)
        if found.status() != psutil.STATUS_ZOMBIE:
            return
        if found.name() == "postgres":
            _reap(pid)
        _wait(lambda: not found.is_running(), ZOMBIE_PATIENCE)
    except psutil.NoSuchProcess:
        return


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return  # somebody else's child


def _end_orphans(data: Path) -> None:
    """Wait for the children of a killed postmaster: while they live the data is not free."""
    for send in (None, psutil.Process.terminate, psutil.Process.kill):
        orphans = list(_orphans(data))
        for orphan in orphans if send else ():
            _send(send, orphan)
        if _wait(lambda: not any(_orphans(data)), PATIENCE):
            return
    raise PostgresError(f"processes of a dead server still hold {data} and cannot be ended; end them by hand")


def _send(send: Callable[[psutil.Process], None] | None, orphan: psutil.Process) -> None:
    try:
        if send is not None:
            send(orphan)
    except psutil.NoSuchProcess:
        return


def _orphans(data: Path) -> Iterable[psutil.Process]:
    for found in psutil.process_iter(["name"]):
        if found.info["name"] != "postgres":
            continue
        try:
            if _serves(found, data):
                yield found
        except psutil.Error:
            continue


def _is_zombie(found: psutil.Process) -> bool:
    try:
        return bool(found.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def _wait(condition: Callable[[], bool], patience: float) -> bool:
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
