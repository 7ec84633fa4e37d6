"""What a server wrote down: its last words, and the end of old files."""

import os
import time
from pathlib import Path

from domain.postgres.places import Place
from domain.postgres.programs import in_one_line

KEPT = 6 * 86_400  # seconds; a file is named by its weekday, so an older one is of an earlier week


def remove_old_logs(directory: Path) -> None:
    """Files of earlier weeks are gone.

    PostgreSQL empties a weekday's file only if it is running when that day begins; one that is started by
    day and stopped by night would add to its seven files for ever.
    """
    try:
        # The directory is another user's when we are root, so it is held open and no link is followed.
        opened = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return
    try:
        with os.scandir(opened) as entries:
            old = [e.name for e in entries if e.stat(follow_symlinks=False).st_mtime < time.time() - KEPT]
        for name in old:
            os.unlink(name, dir_fd=opened)
    finally:
        os.close(opened)


def last_words(place: Place) -> str:
    """The last lines of the latest start, in one line."""
    early = _read(place.start_log)
    if "FATAL" in early:  # it did not get as far as its own log, whose last lines are of another day
        return in_one_line(early)
    logs = sorted((place.data / "log").glob("*.log"), key=lambda log: log.stat().st_mtime)
    return in_one_line(early + "\n".join(_read(log) for log in logs[-1:]))


def _read(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
