"""The mart: views in the Postgres schema `mart`, one per fact and dimension, which are the cube's only source.

They are the contract between the domain's tables and the cube, and BI tools may read them directly. Row 0 of
every dimension is Unknown (null traits), so that an inner join never loses a fact. They hold keys and traits,
no name of a person and no way to reach one.
"""

import hashlib
from pathlib import Path

from sqlalchemy import Connection, text

VIEWS = (
    "state",
    "changes",
    "unsettled",
    "date",
    "customer",
    "product",
    "channel",
    "branch",
    "currency",
    "line_kind",
    "known",
    "sales",
)
"""In the order they are made: a view comes after those it reads."""


def definition(view: str) -> str:
    """The SELECT behind a view, as its file has it."""
    return Path(__file__).with_name(f"{view}.sql").read_text(encoding="utf-8")


def digest() -> str:
    """A name for what the files say now."""
    return hashlib.sha256("\0".join(map(definition, VIEWS)).encode()).hexdigest()


def stands(connection: Connection) -> bool:
    """Whether the views are those of the files."""
    comment = connection.scalar(text("SELECT obj_description(to_regnamespace('mart'), 'pg_namespace')"))
    return bool(comment == digest())


def drop(connection: Connection) -> None:
    """The schema mart and all in it are gone; grants to BI roles are made again by `create`."""
    connection.execute(text("DROP SCHEMA IF EXISTS mart CASCADE"))


def create(connection: Connection) -> None:
    """Every view stands as its file says."""
    connection.execute(text("CREATE SCHEMA mart"))
    for view in VIEWS:
        connection.exec_driver_sql(f"CREATE VIEW mart.{view} AS\n{definition(view)}")
    connection.exec_driver_sql(f"COMMENT ON SCHEMA mart IS '{digest()}'")
