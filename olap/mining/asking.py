"""A segment's rule asked of an open cube: who meets it, or how many and some of them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
from pyarrow import csv
from sqlalchemy import func, select

from olap.ask import Engine
from olap.freshness import Freshness
from olap.mining.behaviour import cells_of
from olap.mining.segments import Held, NotInStar, members
from olap.plan import RowFilter
from olap.rollups.choice import rows_of

LONG_LAG = 10_000
"""Milliseconds behind Postgres beyond which a cube is not asked for a preview, which says what is now."""

BATCH = 200_000


@dataclass(frozen=True)
class Rule:
    """A rule as JSON, the company's day on which it is asked, and the attributes whose values the star holds."""

    said: Mapping[str, Any]
    today: date
    attributes: Collection[str]


def preview_of(
    engine: Engine, fresh: Freshness, rule: Rule, seen: RowFilter | None, *, sample: int
) -> tuple[int, list[int]]:
    """How many customers meet the rule, and the first so many of them by key. Raises NotInStar."""
    if fresh.lag_ms > LONG_LAG:
        raise NotInStar("the cube is behind")
    found = members(rule.said, rule.today, held_of(engine, fresh, rule), seen).subquery()
    counted = select(found.c.customer_id, func.count().over().label("counted"))
    table = engine.fetch(counted.order_by(found.c.customer_id).limit(max(sample, 1)), {})
    count = table.column("counted")[0].as_py() if table.num_rows else 0
    return count, table.column("customer_id").to_pylist()[:sample]


def members_of(engine: Engine, fresh: Freshness, rule: Rule) -> Iterator[bytes]:
    """The keys of all customers who meet the rule, one a line, in pieces. Raises NotInStar."""
    table = engine.fetch(members(rule.said, rule.today, held_of(engine, fresh, rule)), {})
    return (_lines(batch) for batch in table.to_batches(max_chunksize=BATCH))


def held_of(engine: Engine, fresh: Freshness, rule: Rule) -> Held:
    """What the cube can tell. Raises NotInStar for one that does not follow, or that has no cells: it has no copy."""
    cells = cells_of(rows_of(engine))
    if cells is None or fresh.fault is not None:
        raise NotInStar("the cube holds no copy, or one that does not follow")
    day = date.fromisoformat(fresh.today) if fresh.today else None
    return Held(day=day, attributes=frozenset(rule.attributes), cells=cells)


def _lines(batch: pa.RecordBatch) -> bytes:
    out = pa.BufferOutputStream()
    csv.write_csv(batch, out, csv.WriteOptions(include_header=False))
    return bytes(out.getvalue().to_pybytes())
