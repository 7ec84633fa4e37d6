"""Bringing a server back that died while programs use it: killed for its memory, say, or by a mistaken hand.

Nobody else would: `pg_ctl` is gone once the server runs. All programs that use it may watch; the lock of starts makes
one of them do it, and the others find it done.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from domain.postgres.errors import PostgresError
from domain.postgres.liveness import postmaster
from domain.postgres.places import place_for
from domain.postgres.records import read_record
from domain.postgres.running import running
from domain.postgres.servers import Server

LOOK_SECONDS = 1.0
LONGEST_PAUSE = 30.0
"""Between tries while it cannot start: on a full disk it comes back so long after there is room again."""


@contextmanager
def kept_running(data_dir: Path, *, settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A server as `running` gives it, and if it dies meanwhile, it is there again a second or two later.

    Its address stays; its pid is another then. Raises what `running` raises at the start; later failures are logged
    and tried again, ever more slowly.
    """
    with running(data_dir, settings=settings) as server:
        ended = threading.Event()
        watcher = threading.Thread(target=_watch, args=(data_dir, settings, ended), name="postgres")
        watcher.start()
        try:
            yield server
        finally:
            ended.set()
            watcher.join()


def _watch(data_dir: Path, settings: Mapping[str, str] | None, ended: threading.Event) -> None:
    pause = LOOK_SECONDS
    while not ended.wait(pause):
        pause = LOOK_SECONDS if _is_there(data_dir, settings) else min(2 * pause, LONGEST_PAUSE)


def _is_there(data_dir: Path, settings: Mapping[str, str] | None) -> bool:
    """Whether the server runs, after it was started if it did not."""
    place = place_for(data_dir)
    try:
        if postmaster(place, read_record(place)) is not None:
            return True
        _log().warning("postgres_died")
        with running(data_dir, settings=settings):
            _log().warning("postgres_started_again")
    except (PostgresError, OSError) as error:
        _log().error("postgres_does_not_start", error=type(error).__name__)
        return False
    return True


def _log() -> Any:
    """Loaded when there is something to tell: every command loads this module, and hardly any sees a server die."""
    import structlog

    return structlog.get_logger("postgres")
