"""What customers will bring, worked out elsewhere, is written: by the day on which it was told."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.queue import JobKind
from domain.scores.lifetime_model import LifetimeRun, LifetimeScore
from domain.scores.writing import Scored, copied

_TERMS = ("version", "weeks", "margin", "discount")
_VALUES = ("model", "repeat_days", "p_alive", "expected_orders", "mean_amount", "value")

GIVEN = ("customer_id", *_VALUES)
"""What is told of each customer, in this order."""


def _of(row: str, names: tuple[str, ...] = (*_TERMS, *_VALUES)) -> str:
    """These columns of the row."""
    return ", ".join(f"{row}.{name}" for name in names)


_FOUND = f"""
    CREATE TEMPORARY TABLE lifetime_found ON COMMIT DROP AS
    SELECT {_of("s", GIVEN)} FROM lifetime_scores s WITH NO DATA
"""  # noqa: S608  # names of our own columns

_GONE = """
    DELETE FROM lifetime_scores s WHERE s.currency = :currency AND s.scored_on = :scored_on
    AND NOT EXISTS (SELECT FROM lifetime_found f WHERE f.customer_id = s.customer_id)
"""

# Whoever was erased or merged away since the scores were worked out is not written.
_WRITE = f"""
    INSERT INTO lifetime_scores AS s (customer_id, currency, scored_on, {", ".join((*_TERMS, *_VALUES))})
    SELECT f.customer_id, :currency, :scored_on, {", ".join(f":{name}" for name in _TERMS)}, {_of("f", _VALUES)}
    FROM lifetime_found f JOIN customers c ON c.id = f.customer_id AND c.erased_at IS NULL
    ORDER BY f.customer_id
    ON CONFLICT (customer_id, currency, scored_on) DO UPDATE
    SET ({", ".join((*_TERMS, *_VALUES))}) = ({_of("excluded")})
    WHERE ({_of("s")}) IS DISTINCT FROM ({_of("excluded")})
"""  # noqa: S608  # names of our own columns


_LAST = f"""
    SELECT r.currency, l.scored_on, {_of("l", _TERMS)}
    FROM lifetime_runs r CROSS JOIN LATERAL (
        SELECT * FROM lifetime_scores s WHERE s.currency = r.currency ORDER BY s.scored_on DESC LIMIT 1
    ) l
    ORDER BY r.currency
"""  # noqa: S608  # names of our own columns

TELL = JobKind("tell_lifetimes", key="tell_lifetimes")
"""What customers will bring is told as it was told last (api/lifetimes.py)."""


@dataclass(frozen=True, kw_only=True)
class Telling:
    """At the end of which day values were told, in which currency, by which version, and on which terms."""

    scored_on: date
    currency: str
    version: int
    weeks: int
    margin: Decimal
    discount: Decimal


async def write_lifetimes(session: AsyncSession, telling: Telling, rows: Iterable[bytes]) -> Scored:
    """The scores of the day are these alone; the same ones again write no score.

    `rows` are CSV with the columns GIVEN, in pieces of any size. Six statements and a COPY a piece, however many rows.
    """
    noted = insert(LifetimeRun).values(currency=telling.currency, scored_on=telling.scored_on)
    # Its row is locked until the transaction ends: two runs wait for each other.
    await session.execute(
        noted.on_conflict_do_update(
            index_elements=[LifetimeRun.currency], set_={"scored_on": noted.excluded.scored_on}
        )
    )
    await session.execute(text(_FOUND))
    given = await copied(session, "lifetime_found", rows)
    await session.execute(text("ANALYZE lifetime_found"))
    of_day = {"currency": telling.currency, "scored_on": telling.scored_on}
    await session.execute(text(_GONE), of_day)
    written = await session.execute(text(_WRITE), asdict(telling))
    await session.execute(text("DROP TABLE lifetime_found"))
    return Scored(given, written.rowcount)  # type: ignore[attr-defined]  # of a statement that writes


async def last_tellings(session: AsyncSession) -> list[Telling]:
    """What was told last in each currency of which scores are kept, by currency. One statement."""
    found = await session.execute(text(_LAST))
    return [Telling(**row) for row in found.mappings()]


async def keep_last_of_month(session: AsyncSession, telling: Telling) -> None:
    """Of the month of this day no day before it is kept: what is told each night has a row a month.

    Nothing that the cube shows changes: each month shows the last score up to its end. One statement.
    """
    day = telling.scored_on
    await session.execute(
        delete(LifetimeScore).where(
            LifetimeScore.currency == telling.currency,
            LifetimeScore.scored_on >= day.replace(day=1),
            LifetimeScore.scored_on < day,
        )
    )
