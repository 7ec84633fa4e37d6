"""Small files beside a cluster, readable by their owner alone.

Root may write into a directory of another user here, so links are never followed and each file goes to the
owner of its directory.
"""

import os
from pathlib import Path

from domain.postgres.errors import PostgresError


def open_private(path: Path, flags: int = os.O_RDWR) -> int:
    """A descriptor of a file of mode 0600, made if need be. The caller closes it."""
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise PostgresError(
            f"cannot write to {path}: {error.strerror}; choose another data directory (DANGOL_DATA_DIR)"
        ) from error
    owner = path.parent.stat()
    if os.fstat(descriptor).st_uid != owner.st_uid:
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


def write_private(path: Path, text: str) -> None:
    """The file holds `text`, entirely or not at all, whenever we are killed."""
    fresh = path.with_name(path.name + ".new")
    with os.fdopen(open_private(fresh, os.O_WRONLY | os.O_TRUNC), "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
