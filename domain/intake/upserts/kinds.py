"""What one kind of upsert is made of."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.access import Actor
from domain.intake.masters import Master
from domain.intake.upserts.references import Target
from domain.intake.upserts.rows import Reader, Row


@dataclass(frozen=True)
class Part:
    """A list that belongs to a row: the field `name`, its staging table and columns, and how it is written."""

    name: str
    table: str
    columns: Mapping[str, str]
    write: Callable[[AsyncConnection], Awaitable[None]]


def as_it_is(_: Row, __: datetime) -> None:
    """Nothing more is to be said about the row."""


def nothing_more(_: Row, __: Actor) -> None:
    """A new one has no defaults that depend on who makes it."""


@dataclass(frozen=True)
class Kind:
    """`readers` read the fields of a row; `target` is what its key names, `master` how it is merged.

    `needed` are the cells that a new one cannot be without, `scoped` the columns that say who may see it. `begins`
    fills in what a new one gets from who makes it; once the references are known, `settle` checks each row and
    `check` all of them against the store. `aggregate` is its name in source_versions. `amounts`: it is taken also where
    it names an erased person, as if it named nobody. `refers` are the fields that refer to another thing, with their
    Target, and those that hold objects, with the fields of these: rows of such a kind are known again (before.py).
    """

    aggregate: str
    target: Target
    master: Master
    readers: Mapping[str, Reader]
    needed: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    scoped: tuple[str, ...] = ()
    begins: Callable[[Row, Actor], None] = nothing_more
    settle: Callable[[Row, datetime], None] = as_it_is
    check: Callable[[AsyncSession, Sequence[Row]], Awaitable[None]] | None = None
    amounts: bool = False
    refers: Mapping[str, Any] | None = None
