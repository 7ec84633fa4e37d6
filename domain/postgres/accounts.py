"""The system user a server runs as.

PostgreSQL refuses to run as root, and initdb refuses a user id without a passwd entry. So root hands the
server to somebody else; everybody else runs it as themselves.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from domain.postgres.errors import PostgresError

HOME_OF_ROOT = Path("/var/lib/dangol")


@dataclass(frozen=True)
class Account:
    """A system user; `name` is its number where it has no passwd entry."""

    name: str
    uid: int
    gid: int


def is_root() -> bool:
    """Whether this process may act as any user."""
    return os.geteuid() == 0


def current() -> Account:
    """The user of this process, who needs a passwd entry for initdb."""
    uid = os.geteuid()
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise PostgresError(
            f"user id {uid} has no entry in /etc/passwd, which PostgreSQL needs; run as a named user "
            "or set DANGOL_DATABASE_URL to a server"
        ) from None
    return Account(entry.pw_name, uid, os.getegid())


def owner_of(path: Path) -> Account:
    """The user to whom a file or directory belongs."""
    found = path.stat()
    try:
        name = pwd.getpwuid(found.st_uid).pw_name
    except KeyError:
        name = str(found.st_uid)
    return Account(name, found.st_uid, found.st_gid)


def for_new_server() -> Account:
    """Whom root lets run a new server: `dangol`, made if need be, else `postgres`, else `nobody`."""
    found = _named("dangol") or _made("dangol") or _named("postgres") or _named("nobody")
    if found is None:
        raise PostgresError(
            "PostgreSQL does not run as root and there is no user dangol, postgres or nobody; "
            "run as an ordinary user or set DANGOL_DATABASE_URL to a server"
        )
    return found


def _named(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _made(name: str) -> Account | None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return None
    options = ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    subprocess.run(  # noqa: S603 - fixed arguments
        [useradd, *options, "--home-dir", str(HOME_OF_ROOT), name],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    # Its exit code does not matter: another start may have made the user meanwhile, or /etc be read-only.
    return _named(name)
