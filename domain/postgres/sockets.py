"""The directory of a server's socket: short, because a socket's path takes at most 107 bytes, and closed."""

import os
import shutil
import stat
import tempfile
from pathlib import Path

from domain.postgres import accounts
from domain.postgres.accounts import Account

# Not $TMPDIR, which may be long, or closed to the server's user.
PARENT = Path("/tmp")  # noqa: S108 - a random name, mode 0700
PREFIX = "dangol-"


def make_socket_dir(wanted: str, account: Account) -> Path:
    """An empty directory of mode 0700 that belongs to `account`: `wanted` again where that is possible.

    Programs that wait for a restarted server know only the old path. The name is random, so that no other
    user can have taken it on purpose.
    """
    if Path(wanted).parent != PARENT or not Path(wanted).name.startswith(PREFIX):
        wanted = ""  # never make a directory as root wherever a file of another user says
    if wanted:
        remove_socket_dir(Path(wanted), account)
        try:
            Path(wanted).mkdir(mode=0o700)
        except OSError:
            wanted = ""  # taken by somebody else, or /tmp is another one than last time
    directory = Path(wanted or tempfile.mkdtemp(prefix=PREFIX, dir=PARENT))
    directory.chmod(0o700)
    if accounts.is_root():
        os.chown(directory, account.uid, account.gid, follow_symlinks=False)
    return directory


def remove_socket_dir(directory: Path, account: Account) -> None:
    """Remove it if it is ours."""
    try:
        found = directory.lstat()
    except FileNotFoundError:
        return
    if stat.S_ISDIR(found.st_mode) and found.st_uid == account.uid:
        shutil.rmtree(directory)
