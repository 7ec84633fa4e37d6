"""The mart: views in the Postgres schema `mart`, one per fact and dimension, which are the cube's only source.

They are the contract between the domain's tables and the cube, and BI tools may read them directly. Row 0 of
every dimension is Unknown (null traits), so that an inner join never loses a fact. They hold keys and traits,
no name of a person and no way to reach one.

The file of a view is all there is to it: its head (heads.py) says which columns it has and what renews its rows.
"""

import functools
import hashlib
import re
from graphlib import TopologicalSorter
from pathlib import Path

from sqlalchemy import Connection, text

from olap.mart.heads import Head, head_of
from olap.mart.rights import rights


@functools.cache
def views() -> tuple[str, ...]:
    """All views in the order they are made: a view comes after those it reads."""
    names = sorted(file.stem for file in Path(__file__).parent.glob("*.sql"))
    return tuple(TopologicalSorter({name: reads(name) for name in names}).static_order())


@functools.cache
def reads(view: str) -> tuple[str, ...]:
    """The views that a view reads."""
    return tuple(sorted(set(re.findall(r"\bmart\.(\w+)", statement(view)))))


@functools.cache
def is_derived(view: str) -> bool:
    """Whether a view reads other views alone."""
    return bool(reads(view)) and "public." not in statement(view)


@functools.cache
def parts(view: str) -> tuple[str, ...]:
    """The views that are no tables of the star, of which a view is made: each after those it reads itself, if it is
    made of others alone."""
    found: set[str] = set()
    due = [view]
    while due:
        more = set(reads(due.pop())) - found - set(heads())
        found |= more
        due += filter(is_derived, more)
    return tuple(name for name in views() if name in found)


@functools.cache
def heads() -> dict[str, Head]:
    """What the views of the star declare, by name."""
    found = (head_of(name, definition(name)) for name in sorted(views()))
    return {head.name: head for head in found if head is not None}


def definition(view: str) -> str:
    """The SELECT behind a view, as its file has it."""
    return Path(__file__).with_name(f"{view}.sql").read_text(encoding="utf-8")


@functools.cache
def statement(view: str) -> str:
    """The same without its comments. Kept: each refresh asks for some."""
    return "".join(line for line in definition(view).splitlines(True) if not line.lstrip().startswith("--"))


def digest() -> str:
    """A name for what the files say now."""
    return hashlib.sha256("\0".join(map(definition, views())).encode()).hexdigest()


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
    for view in views():
        connection.exec_driver_sql(f"CREATE VIEW mart.{view} AS\n{definition(view)}")
    connection.exec_driver_sql(rights(views()))
    connection.exec_driver_sql(f"COMMENT ON SCHEMA mart IS '{digest()}'")
