"""The closed directory in which an owner listens."""

import os
import shutil
import stat
import tempfile
from pathlib import Path

# Not $TMPDIR, which may be too long for a socket (107 bytes).
PARENT = Path("/tmp")  # noqa: S108 (a random name, mode 0700)
PREFIX = "dangol-cube-"


def make() -> Path:
    """A directory that only this user can look into."""
    return Path(tempfile.mkdtemp(prefix=PREFIX, dir=PARENT))


def remove(directory: Path) -> None:
    """Gone, if it is one of ours: what a file names is not believed."""
    if directory.parent != PARENT or not directory.name.startswith(PREFIX):
        return
    try:
        found = directory.lstat()
    except FileNotFoundError:
        return
    if stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid():
        shutil.rmtree(directory, ignore_errors=True)
