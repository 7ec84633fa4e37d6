"""`rebuild` and `verify` work either way: they open the file where nobody has it, and ask the owner where one is."""

from pathlib import Path

from olap import source
from olap.changes import CannotFollow
from olap.difference import VerifyReport
from olap.engines import ledger
from olap.engines.duckdb import DuckDB
from olap.errors import CubeError
from olap.load import build
from olap.owner import messages
from olap.owner.client import ask
from olap.owner.lock import Owned, hold
from olap.progress import BuildReport, Progress, silent
from olap.verify import compare, level


def rebuild(database_url: str, cube_path: Path, progress: Progress = silent) -> BuildReport:
    """The cube is built anew from the database, by its owner where there is one (whose database it then is)."""
    try:
        with hold(cube_path), DuckDB(cube_path) as engine, source.connect(database_url) as connection:
            return build(engine, connection, progress)
    except Owned as owned:
        return messages.build_report(ask(owned.socket, "rebuild", progress))


def verify(database_url: str, cube_path: Path) -> VerifyReport:
    """The cube compared with the database at one moment; refreshes it first. Raises CubeError where it is not built."""
    try:
        with hold(cube_path):
            return _verify(database_url, cube_path)
    except Owned as owned:
        return messages.verify_report(ask(owned.socket, "verify"))


def _verify(database_url: str, cube_path: Path) -> VerifyReport:
    if not cube_path.exists():
        raise CubeError(f"there is no cube at {cube_path}: `dangol cube rebuild` makes one")
    with DuckDB(cube_path) as engine, source.connect(database_url) as connection, source.snapshot(connection):
        try:
            mark = level(engine, connection, ledger.stored(engine))
        except CannotFollow as error:
            raise CubeError(
                f"the cube at {cube_path} must be built anew (`dangol cube rebuild`): {error}"
            ) from error
        with engine.reading() as cube:
            return compare(cube, connection, mark)
