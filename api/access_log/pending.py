"""How many entries of the access log a process holds, told in a file that outlives it.

The number lies in a memory map, which the kernel keeps when a process is killed; writing it costs less than a
microsecond. A file whose process is gone and whose number is not 0 tells what was lost.
"""

import contextlib
import fcntl
import mmap
import os
import struct
from pathlib import Path

NUMBER = struct.Struct("<Q")
FOLDER = "access_log"


class Pending:
    """The number of this process, locked while it lives."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = folder / f"{os.getpid()}.{os.urandom(4).hex()}.pending"
        self._file = self._path.open("w+b")
        self._file.write(NUMBER.pack(0))
        self._file.flush()
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self._map = mmap.mmap(self._file.fileno(), NUMBER.size)

    def say(self, count: int) -> None:
        """So many entries are held now."""
        NUMBER.pack_into(self._map, 0, count)

    def close(self) -> None:
        """The file is gone if nothing was held; else it stays and tells."""
        (held,) = NUMBER.unpack_from(self._map, 0)
        self._map.close()
        self._file.close()
        if held == 0:
            self._path.unlink(missing_ok=True)


def lost(folder: Path) -> int:
    """How many entries processes that are gone have held; their files are gone then, too, so each counts once."""
    count = 0
    for path in sorted(folder.glob("*.pending")):
        with contextlib.suppress(FileNotFoundError, BlockingIOError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            said = file.read(NUMBER.size)
            path.unlink()
            count += NUMBER.unpack(said)[0] if len(said) == NUMBER.size else 0
    return count
