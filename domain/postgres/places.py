"""Where a server's files lie, and whose they are."""

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from domain.postgres import accounts
from domain.postgres.accounts import HOME_OF_ROOT, Account
from domain.postgres.errors import PostgresError


@dataclass(frozen=True)
class Place:
    """One server's directory: `data` belongs to `account`, what lies beside it to the owner of `home`."""

    home: Path
    account: Account

    @property
    def data(self) -> Path:
        """What PostgreSQL calls PGDATA."""
        return self.home / "data"

    @property
    def password_file(self) -> Path:
        """The password of role `dangol`."""
        return self.home / "password"

    @property
    def start_log(self) -> Path:
        """What the server said before its own log began; emptied at each start."""
        return self.home / "start.log"

    def has_cluster(self) -> bool:
        """Whether initdb has finished here."""
        return (self.data / "PG_VERSION").exists()


def place_for(data_dir: Path) -> Place:
    """The place of a data directory's server; touches nothing but, for root, the list of users.

    An ordinary user's lies below the data directory. Root's lies in /var/lib/dangol, because the user that
    runs the server need not reach the data directory; but a server made there by an ordinary user stays
    theirs when root comes.
    """
    data_dir = data_dir.expanduser().resolve()
    beside = (data_dir / "postgres").resolve()  # it may be a link to a bigger disk
    if not accounts.is_root():
        return Place(beside, accounts.current())
    if beside.is_dir() and beside.stat().st_uid != 0:
        return Place(beside, accounts.owner_of(beside))
    home = HOME_OF_ROOT / hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    data = home / "data"
    return Place(home, accounts.owner_of(data) if data.exists() else accounts.for_new_server())


def prepare(place: Place, data_dir: Path) -> None:
    """Make the directory, or say why this user cannot have it."""
    try:
        _make(place, data_dir)
        owner = place.home.stat().st_uid
        writable = os.access(place.home, os.W_OK | os.X_OK)
    except OSError as error:
        raise PostgresError(
            f"cannot write to {error.filename or place.home}: {error.strerror}; "
            "choose another data directory (DANGOL_DATA_DIR)"
        ) from error
    if not accounts.is_root() and owner != os.geteuid():
        raise PostgresError(
            f"{place.home} belongs to {accounts.owner_of(place.home).name}, not to {place.account.name}; "
            "run as that user or choose another data directory (DANGOL_DATA_DIR)"
        )
    if not writable:
        raise PostgresError(f"cannot write to {place.home}: its mode forbids it; give its owner rwx")


def _make(place: Place, data_dir: Path) -> None:
    if place.home.parent != HOME_OF_ROOT:
        place.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        return
    make_passable(HOME_OF_ROOT, 0o755)
    make_passable(place.home, 0o711)
    _leave_sign(place, data_dir)


def make_passable(directory: Path, mode: int) -> None:
    """The directory is there; if it is new it has this mode whatever the umask, so that others may pass."""
    if not directory.is_dir():
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(mode)


def sign_of(data_dir: Path) -> Path:
    """The link that root leaves in a data directory, so that nobody takes it for empty."""
    return data_dir.expanduser() / "postgres"


def _leave_sign(place: Place, data_dir: Path) -> None:
    sign = sign_of(data_dir)
    sign.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):  # from an earlier start, or from one at this moment
        sign.symlink_to(place.home)
