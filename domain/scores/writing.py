"""Scores that were worked out elsewhere are written: as periods, and only where something changed."""

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import BigInteger, Date, SmallInteger, Text, TextClause, bindparam, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.scores.errors import ScoredLater
from domain.scores.model import RfmRun, RfmScore
from domain.scores.schemes import Scheme

_VALUES_GIVEN = (
    bindparam("scheme", type_=Text()),
    bindparam("scheme_id", type_=BigInteger()),
    bindparam("model", type_=SmallInteger()),
    bindparam("on", type_=Date()),
)

_FOUND = """
    CREATE TEMPORARY TABLE rfm_found (
        customer_id bigint NOT NULL, recency smallint NOT NULL, frequency smallint NOT NULL, monetary smallint NOT NULL,
        last_ordered_on date, orders integer NOT NULL, mean_order_value numeric(19, 4)
    ) ON COMMIT DROP
"""

_CHANGED = "CREATE TEMPORARY TABLE rfm_changed (LIKE rfm_found, standing bigint, since date) ON COMMIT DROP"

_VALUES = "recency, frequency, monetary, last_ordered_on, orders, mean_order_value"

# Whoever had joined by then is known, with or without an order, and so is whoever had one of any kind.
_UNKNOWN = """
    DELETE FROM rfm_found f USING customers c, company
    WHERE c.id = f.customer_id AND f.last_ordered_on IS NULL
      AND least(c.joined_on, (c.created_at AT TIME ZONE company.time_zone)::date) > :on
      AND NOT EXISTS (SELECT FROM orders o WHERE o.customer_id = c.id
                      AND o.ordered_at < (CAST(:on AS date) + 1)::timestamp AT TIME ZONE company.time_zone)
"""

# Whoever was erased or merged away since the scores were worked out is not written.
_COMPARE = """
    INSERT INTO rfm_changed
    SELECT f.*, s.id AS standing, s.valid_from AS since
    FROM rfm_found f
    JOIN customers c ON c.id = f.customer_id AND c.erased_at IS NULL
    LEFT JOIN rfm_scores s ON s.customer_id = f.customer_id AND s.scheme = :scheme AND s.valid_to IS NULL
    WHERE (f.recency, f.frequency, f.monetary, f.last_ordered_on, f.orders, f.mean_order_value, :scheme_id, :model)
        IS DISTINCT FROM
          (s.recency, s.frequency, s.monetary, s.last_ordered_on, s.orders, s.mean_order_value,
           s.scheme_id, s.model)
"""

_SAME_DAY = """
    UPDATE rfm_scores s
    SET recency = f.recency, frequency = f.frequency, monetary = f.monetary, last_ordered_on = f.last_ordered_on,
        orders = f.orders, mean_order_value = f.mean_order_value, scheme_id = :scheme_id, model = :model
    FROM rfm_changed f WHERE s.id = f.standing AND f.since = :on
"""

_CLOSE = "UPDATE rfm_scores s SET valid_to = :on FROM rfm_changed f WHERE s.id = f.standing AND f.since < :on"

_BEGIN = f"""
    INSERT INTO rfm_scores (customer_id, scheme, valid_from, scheme_id, model, {_VALUES})
    SELECT customer_id, :scheme, :on, :scheme_id, :model, {_VALUES}
    FROM rfm_changed WHERE since IS DISTINCT FROM :on ORDER BY customer_id
"""  # noqa: S608  # names of our own columns


@dataclass(frozen=True)
class Scored:
    """Of how many customers scores were told, and of how many something was written."""

    customers: int
    changed: int


async def write_scores(
    session: AsyncSession, scheme: Scheme, *, on: date, model: int, rows: Iterable[bytes]
) -> Scored:
    """The customers' scores of the day stand: a period begins where something changed, and nothing else is written.

    Who was not known yet, by the day on which he joined or first ordered, has no score. `rows` are CSV, in pieces of
    any size: customer_id, recency, frequency, monetary, last_ordered_on, orders, mean_order_value. Raises ScoredLater.
    Ten statements and a COPY a piece, however many rows.
    """
    await _go_forwards(session, scheme.name, on)
    for statement in (_FOUND, _CHANGED):
        await session.execute(text(statement))
    given = await copied(session, "rfm_found", rows)
    await session.execute(text("ANALYZE rfm_found"))
    early = await session.execute(_bound(_UNKNOWN), {"on": on})
    values = {"scheme": scheme.name, "scheme_id": scheme.id, "model": model, "on": on}
    for statement in (_COMPARE, _SAME_DAY, _CLOSE, _BEGIN):
        bound = _bound(statement)
        await session.execute(bound, {name: values[name] for name in bound.compile().params})
    changed = await session.scalar(text("SELECT count(*) FROM rfm_changed"))
    await session.execute(text("DROP TABLE rfm_found, rfm_changed"))
    return Scored(given - early.rowcount, changed or 0)  # type: ignore[attr-defined]  # of a statement that writes


async def scored_until(session: AsyncSession) -> dict[str, date]:
    """Up to which day customers are scored, by scheme. One statement."""
    found = await session.execute(select(RfmRun.scheme, RfmRun.scored_on))
    return {row.scheme: row.scored_on for row in found}


async def forget_scores(session: AsyncSession, scheme: str | None = None) -> None:
    """Nobody was ever scored by the scheme, or by any: what is worked out from orders can be worked out again.

    Two statements, however many customers.
    """
    for table in (RfmScore, RfmRun):
        gone = delete(table)
        await session.execute(gone if scheme is None else gone.where(table.scheme == scheme))


async def _go_forwards(session: AsyncSession, name: str, on: date) -> None:
    """The run is noted, and its row locked until the transaction ends: two runs wait for each other."""
    noted = insert(RfmRun).values(scheme=name, scored_on=on)
    until = await session.scalar(
        noted.on_conflict_do_update(
            index_elements=[RfmRun.scheme],
            set_={"scored_on": text("greatest(rfm_runs.scored_on, excluded.scored_on)")},
        ).returning(RfmRun.scored_on)
    )
    if until is not None and until > on:
        raise ScoredLater(name, until, on)


def _bound(statement: str) -> TextClause:
    return text(statement).bindparams(
        *(each for each in _VALUES_GIVEN if re.search(rf":{each.key}\b", statement))
    )


async def copied(session: AsyncSession, table: str, rows: Iterable[bytes]) -> int:
    """The rows stand in the table, which are CSV in pieces of any size; how many. A COPY a piece."""
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    assert driver is not None, "an open connection has its driver's"
    written = 0
    for piece in rows:
        told: str = await driver.copy_to_table(table, source=io.BytesIO(piece), format="csv")
        written += int(told.rsplit(" ", 1)[-1])
    return written
