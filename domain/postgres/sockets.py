"""The directory of a server's socket: short, because a socket's path takes at most 107 bytes, and closed."""

import os
import secrets
import shutil
import stat
from pathlib import Path

from domain.postgres import accounts
from domain.postgres.accounts import Account
from domain.postgres.errors import PostgresError

# Not $TMPDIR, which may be long, or closed to the server's user.
PARENT = Path("/tmp")  # noqa: S108 - a random name, mode 0700
PREFIX = "dangol-"


def choose_socket_dir(last: str, account: Account) -> Path:
    """A path to make: `last` again if it can be had, since programs that wait for the server know only that.

    Nothing is at that path afterwards. It is random, so that no other user can have taken it on purpose; it
    is chosen before it is made, so that it can be written down and no kill leaves a directory nobody knows.
    """
    wanted = Path(last)
    # A file of another user may say what was last: root must not make directories wherever it likes.
    if wanted.parent == PARENT and wanted.name.startswith(PREFIX):
        remove_socket_dir(wanted, account)
        if not os.path.lexists(wanted):
            return wanted
    return PARENT / f"{PREFIX}{secrets.token_hex(4)}"


def make_socket_dir(directory: Path, account: Account) -> None:
    """An empty directory of mode 0700 that belongs to `account`."""
    try:
        directory.mkdir(mode=0o700)
        directory.chmod(0o700)
        if accounts.is_root():
            os.chown(directory, account.uid, account.gid, follow_symlinks=False)
    except OSError as error:
        raise PostgresError(f"cannot make a directory for the server's socket: {error}") from error


def remove_socket_dir(directory: Path, account: Account) -> None:
    """Remove it if it is ours."""
    try:
        found = directory.lstat()
    except FileNotFoundError:
        return
    if stat.S_ISDIR(found.st_mode) and found.st_uid in (account.uid, os.geteuid()):
        shutil.rmtree(directory)
