"""Starting and stopping a server with pg_ctl, and asking whether it answers."""

import os
import socket
import time
from collections.abc import Mapping
from pathlib import Path

import psutil

from domain.postgres.binaries import Binaries
from domain.postgres.errors import NotReadyError, PostgresError
from domain.postgres.files import open_private
from domain.postgres.liveness import wait_until_gone
from domain.postgres.logs import last_words
from domain.postgres.options import command_line
from domain.postgres.places import Place
from domain.postgres.programs import run

START_TIMEOUT = 120.0  # seconds; recovery after a crash may take a minute
STOP_TIMEOUT = 60.0


def start(
    place: Place, binaries: Binaries, *, settings: Mapping[str, str], socket_dir: Path, port: int | None
) -> None:
    """The server runs and accepts connections. Raises PostgresError with what it said."""
    if port is not None:
        _check_port(port)
    command = ["start", "-s", "-w", "-t", f"{START_TIMEOUT:.0f}"]
    options = command_line(settings=settings, socket_dir=socket_dir, port=port)
    descriptor = open_private(place.start_log, os.O_WRONLY | os.O_TRUNC | os.O_APPEND)
    with os.fdopen(descriptor, "a", encoding="utf-8") as log:
        outcome = run(
            binaries.bin / "pg_ctl",
            *command,
            "-o",
            options,
            account=place.account,
            environment={"PGDATA": str(place.data)},
            output=log,
            timeout=START_TIMEOUT + 30,
        )
    if outcome.code != 0:
        said = place.start_log.read_text(encoding="utf-8", errors="replace")
        slow = "did not start in time" in said  # pg_ctl's only sign that it may still come up
        raise _not_ready(place) if slow else _not_started(place)


def wait_until_ready(place: Place, binaries: Binaries, *, socket_dir: Path, port: int) -> None:
    """The running server answers. Raises NotReadyError after 120 s, with the last lines of its log."""
    deadline = time.monotonic() + START_TIMEOUT
    while not answers(binaries, socket_dir=socket_dir, port=port):
        if time.monotonic() > deadline:
            raise _not_ready(place)
        time.sleep(0.05)


def answers(binaries: Binaries, *, socket_dir: Path, port: int) -> bool:
    """Whether the server accepts connections now."""
    arguments = ["-h", str(socket_dir), "-p", str(port), "-t", "3"]
    return run(binaries.bin / "pg_isready", *arguments, timeout=30).code == 0


def stop(place: Place, binaries: Binaries, running: psutil.Process) -> None:
    """The server has written all and ended; sessions still open are cut off."""
    outcome = run(
        binaries.bin / "pg_ctl",
        *("stop", "-s", "-m", "fast", "-w", "-t", f"{STOP_TIMEOUT:.0f}"),
        account=place.account,
        environment={"PGDATA": str(place.data)},
        timeout=STOP_TIMEOUT + 30,
    )
    if not wait_until_gone(running):
        raise PostgresError(
            f"PostgreSQL in {place.data} (pid {running.pid}) did not stop: {outcome.last_lines()}"
        )


def _not_started(place: Place) -> PostgresError:
    return PostgresError(f"PostgreSQL in {place.data} did not start: {last_words(place)}")


def _not_ready(place: Place) -> NotReadyError:
    return NotReadyError(
        f"PostgreSQL in {place.data} runs but did not answer within {START_TIMEOUT:.0f} s; "
        f"it may still be recovering, try again: {last_words(place)}"
    )


def _check_port(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise PostgresError(
                f"port {port} on 127.0.0.1 cannot be used for PostgreSQL: {error.strerror}; choose another"
            ) from error
