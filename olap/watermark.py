"""Where the cube stands: what its file says it holds, written in the same transaction as the rows.

The feed's cursor is (epoch, xid, id). The cube needs no id: it reads all settled events of a snapshot at once, so
that it has all of a transaction or nothing. It keeps the last transaction that left an event, not the horizon of
the snapshot: after a crash, ids of transactions that left nothing may be given out again.
"""

import functools
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import BigInteger, Column, DateTime, Integer, MetaData, Table, Text

from olap import mart, star
from olap.dialect import DIALECT
from olap.rollups import cells as rollups
from olap.source import Position

table = Table(
    "watermark",
    MetaData(),
    Column("database", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("last_event", BigInteger, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("shape", Text, nullable=False),
    Column("read_at", DateTime(timezone=True), nullable=False),
    Column("today", Text, nullable=False),
    Column("scored", Text, nullable=False),
)
"""One row."""


@dataclass(frozen=True)
class Watermark:
    """Every event of the database's feed up to those of the transaction `last_event` is in the cube.

    `read_at` is when that was read, `today` was the company's day, and `scored` names the scores of then.
    """

    database: str
    epoch: int
    last_event: int
    time_zone: str
    currency: str
    shape: str
    read_at: datetime
    today: str = ""
    scored: str = ""


EMPTY = Watermark(
    database="",
    epoch=0,
    last_event=0,
    time_zone="",
    currency="",
    shape="",
    read_at=datetime(1970, 1, 1, tzinfo=UTC),
)
"""That of a cube never built."""


@functools.cache
def shape() -> str:
    """A name for the star's columns, the views' definitions and the rollups: rows of another shape are of no use."""
    columns = [
        f"{each.name}.{column.name} {column.type.compile(DIALECT)}"
        for each in star.metadata.sorted_tables
        for column in each.columns
    ]
    views = [mart.definition(view) for view in mart.views()]
    return hashlib.sha256("\n".join([*columns, *views, rollups.shape()]).encode()).hexdigest()


def at(position: Position) -> Watermark:
    """The watermark of a cube that holds what the position's snapshot shows."""
    return Watermark(
        database=position.database,
        epoch=position.epoch,
        last_event=position.last_event,
        time_zone=position.time_zone,
        currency=position.currency,
        shape=shape(),
        read_at=position.read_at,
        today=position.today,
        scored=position.scored,
    )


def version(mark: Watermark) -> str:
    """A name for all that a cube holds whose file has this watermark: no two writings have the same."""
    told = f"{mark.database} {mark.epoch} {mark.last_event} {mark.shape} {mark.read_at.timestamp():.6f}"
    return hashlib.sha256(told.encode()).hexdigest()[:20]


def reason_to_rebuild(mark: Watermark, found: Watermark) -> str | None:
    """Why a cube cannot follow the feed from its watermark to what was found in the database; None where it can."""
    if mark == EMPTY:
        return "the cube is empty"
    for name in ("shape", "database", "epoch", "time_zone", "currency"):
        if getattr(mark, name) != getattr(found, name):
            return f"{name} was {getattr(mark, name)} and is {getattr(found, name)}"
    if found.last_event < mark.last_event:
        return f"the feed ends at {found.last_event}, before the cube's {mark.last_event}: it was set back"
    return None
