"""Making a data directory with initdb, and seeing to what every start needs in it."""

import os
import secrets
import shutil
import struct
import tempfile
from pathlib import Path

from domain.postgres import accounts
from domain.postgres.binaries import Binaries
from domain.postgres.errors import PostgresError
from domain.postgres.files import write_private
from domain.postgres.places import Place
from domain.postgres.programs import Outcome, run

ROLE = "dangol"
BUILTIN_SINCE = 17  # the first version with a locale provider that is the same on every system

STATE = struct.Struct("=QIIi")
"""How global/pg_control begins: the system's number, two versions, and the state. Source: catalog/pg_control.h."""
SHUT_DOWN = 1


def make_cluster(place: Place, binaries: Binaries, *, scratch: Path, durable: bool) -> None:
    """A data directory is there, its superuser `dangol` has the password in the place's password file.

    It appears whole under its name or not at all. `durable` waits for the disk; `scratch` is a directory of
    the server's user, for a moment.
    """
    # A name of its own, for the initdb of a start that was killed may still be writing.
    fresh = place.home / f"new-{secrets.token_hex(4)}"
    if accounts.is_root() and place.home.stat().st_uid == 0:
        # Elsewhere initdb makes it: in another user's directory root must not change owners.
        fresh.mkdir(mode=0o700)
        os.chown(fresh, place.account.uid, place.account.gid)
    password = secrets.token_urlsafe(24)
    write_private(place.password_file, password)
    outcome = _initdb(place, fresh, binaries, password, scratch, durable=durable)
    if outcome.code != 0:
        shutil.rmtree(fresh, ignore_errors=True)
        raise PostgresError(f"cannot make a database in {place.data}: {outcome.last_lines()}")
    fresh.rename(place.data)


def remove_unfinished(place: Place) -> None:
    """What was left by starts that were killed while they made a data directory is gone."""
    for left in place.home.glob("new-*"):
        shutil.rmtree(left, ignore_errors=True)  # if its initdb still writes, the next start removes it


def was_shut_down(place: Place) -> bool:
    """Whether the server that used the data last ended in order, as far as can be told."""
    try:
        *_, state = STATE.unpack_from((place.data / "global" / "pg_control").read_bytes())
    except (OSError, struct.error):
        return False
    return bool(state == SHUT_DOWN)


def check_cluster(place: Place, binaries: Binaries) -> None:
    """Refuse a data directory that these binaries cannot open or whose password is lost."""
    found = (place.data / "PG_VERSION").read_text(encoding="ascii").strip()
    if found != str(binaries.version[0]):
        raise PostgresError(
            f"{place.data} was made by PostgreSQL {found}, and {binaries.bin} is {binaries.version[0]}; "
            "dump it with the old version and load it into a new data directory"
        )
    if not place.password_file.exists():
        raise PostgresError(
            f"{place.password_file} is missing, so nobody can log in; put it back from a backup"
        )


def _initdb(
    place: Place, fresh: Path, binaries: Binaries, password: str, scratch: Path, *, durable: bool
) -> Outcome:
    # The server's user must read the password, but may not read ours: it gets a file of its own for a moment.
    descriptor, name = tempfile.mkstemp(dir=scratch)
    pwfile = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as out:
            out.write(password)
            if accounts.is_root():
                os.fchown(out.fileno(), place.account.uid, place.account.gid)
        arguments = [f"--username={ROLE}", f"--pwfile={pwfile}", *([] if durable else ["--no-sync"])]
        return _with_locale(place, fresh, binaries, arguments)
    finally:
        pwfile.unlink()


def _with_locale(place: Place, fresh: Path, binaries: Binaries, arguments: list[str]) -> Outcome:
    """initdb with C.UTF-8 for all, or where the system has no such locale, for all but libc's part.

    Comparing and case come from the builtin provider where there is one. The text-search parser still asks
    libc, which with C takes the Korean middle dot and full-width punctuation for letters.
    """
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    provider = builtin if binaries.version[0] >= BUILTIN_SINCE else []
    common = [
        "--auth-local=scram-sha-256",
        "--auth-host=scram-sha-256",
        "--encoding=UTF8",
        "--data-checksums",
    ]
    for locale in ("C.UTF-8", "C") if provider else ("C.UTF-8",):
        outcome = run(
            binaries.bin / "initdb",
            *(common + provider + arguments + [f"--locale={locale}"]),
            account=place.account,
            environment={"PGDATA": str(fresh)},
        )
        if "invalid locale name" not in outcome.said:
            break
    return outcome
