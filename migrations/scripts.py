"""Runs the SQL files of a version: many statements in one text, which a prepared statement cannot hold."""

from pathlib import Path

from alembic import op


def run(*names: str) -> None:
    """The files migrations/sql/<name>.sql have run, in the given order, in the version's transaction."""
    connection = op.get_bind().connection.dbapi_connection
    assert connection is not None, "a version runs on an open connection"
    for name in names:
        sql = (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")
        connection.run_async(lambda driver, sql=sql: driver.execute(sql))
