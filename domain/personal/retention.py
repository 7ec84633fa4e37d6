"""Retention: what is past its period is listed first, then taken away in batches.

The period of a (tag, purpose) is the company's to set. It counts from the day that the purpose names: for SERVICE from
when something happened or came here, whichever is later; for RELATIONSHIP from the customer's last activity.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    MetaData,
    Table,
    and_,
    bindparam,
    column,
    delete,
    func,
    literal_column,
    or_,
    select,
    text,
    true,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import UpdateBase

from domain.base import Personal
from domain.personal.model import Purpose, Tag
from domain.personal.paths import SUBJECT_TABLE
from domain.personal.rules import ERASED, SUBJECT, Held, Wipe
from domain.personal.wiping import overwritten

BATCH = 1_000

_INACTIVE = """
    SELECT c.id FROM customers c
    WHERE c.created_at < :before AND c.erased_at IS NULL
      AND NOT EXISTS (SELECT FROM orders o WHERE o.customer_id = c.id AND o.ordered_at >= :before)
      AND NOT EXISTS (SELECT FROM touchpoints t WHERE t.customer_id = c.id AND t.occurred_at >= :before)
      AND NOT EXISTS (SELECT FROM cases k WHERE k.customer_id = c.id AND k.updated_at >= :before)
      AND NOT EXISTS (SELECT FROM opportunities p WHERE p.customer_id = c.id AND p.updated_at >= :before)
"""
"""Customers of whom nothing was heard since `before`."""


_COUNTED = Held(Purpose.ACCESS, gone=True, since="({t}.day + 1)::timestamptz")
"""How often people who work here called what, by day: held as long as the log of what they looked at."""


@dataclass(frozen=True)
class Place:
    """Columns of one tag in a table, or its whole rows, and what they are held for. `name` is what people read."""

    table: Table
    held: Held
    tag: Tag
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.table.name if self.held.gone else f"{self.table.name}: {', '.join(self.columns)}"

    @property
    def purpose(self) -> Purpose:
        return self.held.purpose


def places(metadata: MetaData) -> Sequence[Place]:
    """Every place with a period, in the order of tables and tags."""
    logged = Held(Purpose.ACCESS, gone=True, since="{t}.at")
    made = [place for name, held in SUBJECT.items() for place in _places(metadata.tables[name], held)]
    return [
        *made,
        Place(metadata.tables["access_log"], logged, Tag.UNIQUE, ()),
        Place(metadata.tables["usage_calls"], _COUNTED, Tag.UNIQUE, ()),
    ]


def _places(table: Table, held: Held) -> Iterator[Place]:
    tags = {column.name: column.info["personal"] for column in table.columns}
    if held.gone:
        (tag,) = {tag for tag in tags.values() if tag is not Personal.NONE}
        yield Place(table, held, Tag(tag.name), ())
        return
    for tag in Tag:
        wiped = (name for name, wipe in held.columns.items() if wipe in (Wipe.WORD, Wipe.BLANK))
        columns = tuple(name for name in wiped if tags[name].name == tag)
        if columns:
            yield Place(table, held, tag, columns)


async def count_due(session: AsyncSession, place: Place, *, before: datetime) -> int:
    """How many rows of the place are past a period that ended at `before`. One statement."""
    found = await session.scalar(
        select(func.count()).select_from(place.table).where(_due(place)), _bound(before)
    )
    return int(found or 0)


async def take_batch(session: AsyncSession, place: Place, *, before: datetime) -> int:
    """At most BATCH rows of the place that are past are wiped or gone; how many were. Two statements."""
    await session.execute(text("SELECT set_config('dangol.erasing', 'on', true)"))
    key = tuple_(*place.table.primary_key.columns)
    chosen = key.in_(select(*place.table.primary_key.columns).where(_due(place)).limit(BATCH))
    statement: UpdateBase
    if place.held.gone:
        statement = delete(place.table).where(chosen)
    else:
        wiped = overwritten(place.table, place.held, place.columns)
        assert wiped is not None, "a place has columns that do not stay"
        statement = wiped.where(chosen)
    done = await session.execute(statement, _bound(before))
    return int(getattr(done, "rowcount", 0))


def _bound(before: datetime) -> Mapping[str, datetime]:
    return {"before": before}


def _due(place: Place) -> ColumnElement[bool]:
    """SQL with the parameter `before`: past its period, and not yet taken away."""
    return and_(_past(place), _left(place))


def _past(place: Place) -> ColumnElement[bool]:
    table = place.table
    if place.held.since is not None:
        since: ColumnElement[datetime] = literal_column(place.held.since.format(t=table.name))
        return since < bindparam("before", type_=DateTime(timezone=True))
    customer = table.c.id if table.name == SUBJECT_TABLE else table.c.customer_id
    inactive = text(_INACTIVE).bindparams(bindparam("before", type_=DateTime(timezone=True)))
    return customer.in_(inactive.columns(column("id", BigInteger())).scalar_subquery())


def _left(place: Place) -> ColumnElement[bool]:
    """Whether anything of the place is still in the row."""
    if place.held.gone:
        return true()
    wipes = place.held.columns
    return or_(
        *(
            place.table.c[name] != ERASED if wipes[name] is Wipe.WORD else place.table.c[name].is_not(None)
            for name in place.columns
        )
    )
