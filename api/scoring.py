"""Scores worked out over the cube's star are carried back into the domain, in one transaction a scheme."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from domain.db import Engine, Session, run
from domain.jobs.duties import Duty, Work
from domain.scores.model import RfmAnchor
from domain.scores.nights import scores_due
from domain.scores.schemes import Scheme, company_day, scheme_on, schemes_on
from domain.scores.shown import SCORE
from domain.scores.writing import Scored, forget_scores, scored_until, write_scores
from domain.segments.due import note_scored
from olap.mining.schemes import Quantiles, Thresholds
from olap.mining.schemes import Scheme as Mined

if TYPE_CHECKING:  # a worker that scores nothing has no use for the engine
    import pyarrow as pa

    from olap.engines.duckdb import DuckDB

COLUMNS = (
    "customer_id",
    "recency",
    "frequency",
    "monetary",
    "last_ordered_on",
    "orders",
    "mean_order_value",
)
BATCH = 200_000


Told = Callable[[date, str, Scored], None]
"""Told after each day and scheme what was written."""


async def score(
    on_engine: Engine, url: str, *, now: datetime, on: date | None = None, scheme: str | None = None
) -> dict[str, Scored]:
    """Every customer is scored at the end of the day, by every scheme or by this one; what was written, by scheme.

    Without a day it is yesterday in the company's zone, the last whole one, and before it each end of a month that was
    missed since the last run. Raises SchemeNotFound, ScoredLater.
    """
    found: dict[str, Scored] = {}

    async def days(session: Session) -> list[date]:
        if on is not None:
            return [on]
        yesterday = await company_day(session, now) - timedelta(days=1)
        until = await scored_until(session)
        missed = month_ends(min(until.values()) + timedelta(days=1), yesterday) if until else []
        return sorted({*missed, yesterday})

    def keep(day: date, name: str, scored: Scored) -> None:
        found[name] = scored

    wanted = await run(on_engine, days, origin="job")
    await _score_days(on_engine, url, wanted, scheme, keep, again=on is not None)
    return found


async def score_months(
    on_engine: Engine,
    url: str,
    *,
    now: datetime,
    first: date,
    last: date | None,
    scheme: str | None,
    anew: bool,
    told: Told,
) -> None:
    """Customers are scored at each end of a month from `first` to `last`, then yesterday where there is no `last`.

    Days before one that was scored already are passed over, so that the same call twice writes nothing; `anew` forgets
    what was scored, by this scheme or by all, and begins again. Raises SchemeNotFound.
    """

    async def begin(session: Session) -> list[date]:
        if anew:
            await forget_scores(session, scheme)
        yesterday = await company_day(session, now) - timedelta(days=1)
        ends = month_ends(first, min(last or yesterday, yesterday))
        return ends if last is not None else sorted({*ends, yesterday})

    wanted = await run(on_engine, begin, origin="job")
    await _score_days(on_engine, url, wanted, scheme, told, again=False)


def month_ends(first: date, last: date) -> list[date]:
    """The last days of months from `first` to `last`, both included."""
    found = []
    month = first.year * 12 + first.month
    while (day := date(month // 12, month % 12 + 1, 1) - timedelta(days=1)) <= last:
        found.append(day)
        month += 1
    return found


async def _score_days(
    on_engine: Engine, url: str, days: Sequence[date], scheme: str | None, told: Told, *, again: bool
) -> None:
    """Each day in turn, over facts read once. Without `again` a scheme that was scored later is passed over."""
    from olap.mining.facts import facts_of

    async def due(session: Session, day: date) -> list[Scheme]:
        stand = [await scheme_on(session, scheme, day)] if scheme else await schemes_on(session, day)
        until = {} if again else await scored_until(session)
        return [each for each in stand if until.get(each.name, day) <= day]

    facts = facts_of(url)
    engine = await asyncio.to_thread(facts.__enter__)
    try:
        for day in days:
            for each in await run(on_engine, partial(due, day=day), origin="job"):
                told(day, each.name, await _score(on_engine, engine, each, day))
    finally:
        await asyncio.to_thread(facts.__exit__, None, None, None)


async def _score(on_engine: Engine, engine: "DuckDB", scheme: Scheme, day: date) -> Scored:
    from olap.mining import rfm

    found = await asyncio.to_thread(rfm.score_customers, engine, mined(scheme), day)

    async def write(session: Session) -> Scored:
        return await write_scores(session, scheme, on=day, model=rfm.MODEL, rows=in_csv(found, COLUMNS))

    return await run(on_engine, write, origin="job")


def mined(scheme: Scheme) -> Mined:
    """The scheme as the computation takes it."""
    bounds = scheme.bounds
    by: Thresholds | Quantiles = Quantiles(levels=scheme.levels)
    if bounds is not None:
        by = Thresholds(
            recency_2_months=bounds.recency_2_months,
            recency_3_months=bounds.recency_3_months,
            frequency_2_orders=bounds.frequency_2_orders,
            frequency_3_orders=bounds.frequency_3_orders,
            monetary_2_above=bounds.monetary_2_above,
            monetary_3_from=bounds.monetary_3_from,
        )
    return Mined(
        currency=scheme.currency,
        frequency_months=scheme.frequency_months,
        at_last_order=scheme.anchor is RfmAnchor.LAST_ORDER,
        by=by,
    )


def in_csv(table: "pa.Table", columns: Sequence[str]) -> Iterator[bytes]:
    """These columns as CSV without a header, in pieces."""
    import pyarrow as pa
    from pyarrow import csv

    for batch in table.select(columns).to_batches(max_chunksize=BATCH):
        out = pa.BufferOutputStream()
        csv.write_csv(batch, out, csv.WriteOptions(include_header=False))
        yield out.getvalue().to_pybytes()


def scoring(url: str) -> Duty:
    """The job that scores all customers, each night by the company's clock; asked at every hour whether it is due."""

    async def does(work: Work) -> None:
        now = work.now()
        if await work.transaction(lambda session: scores_due(session, now)):
            await score(work.engine, url, now=now)
            await work.transaction(note_scored)

    return Duty(SCORE, does, cron="30 * * * *")
