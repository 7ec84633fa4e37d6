"""Scores worked out over the cube's star are carried back into the domain, in one transaction a scheme."""

import asyncio
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from domain.db import Engine, Session, run
from domain.jobs.duties import Duty, Work
from domain.queue import JobKind
from domain.scores.model import RfmAnchor
from domain.scores.schemes import Scheme, company_day, scheme_on, schemes_on
from domain.scores.writing import Scored, write_scores
from domain.segments.due import note_scored
from olap.mining.schemes import Quantiles, Thresholds
from olap.mining.schemes import Scheme as Mined

if TYPE_CHECKING:  # a worker that scores nothing has no use for the engine
    import pyarrow as pa

    from olap.engines.duckdb import DuckDB

SCORE = JobKind("score_customers", key="score_customers")

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


async def score(
    on_engine: Engine, url: str, *, now: datetime, on: date | None = None, scheme: str | None = None
) -> dict[str, Scored]:
    """Every customer is scored at the end of the day, by every scheme or by this one; what was written, by scheme.

    Without a day it is yesterday in the company's zone, the last whole one. Raises SchemeNotFound, ScoredLater.
    """
    from olap.mining.facts import facts_of

    async def wanted(session: Session) -> tuple[date, list[Scheme]]:
        day = on or await company_day(session, now) - timedelta(days=1)
        if scheme is not None:
            return day, [await scheme_on(session, scheme, day)]
        return day, list(await schemes_on(session, day))

    day, schemes = await run(on_engine, wanted, origin="job")
    facts = facts_of(url)
    engine = await asyncio.to_thread(facts.__enter__)
    try:
        return {each.name: await _score(on_engine, engine, each, day) for each in schemes}
    finally:
        await asyncio.to_thread(facts.__exit__, None, None, None)


async def _score(on_engine: Engine, engine: "DuckDB", scheme: Scheme, day: date) -> Scored:
    from olap.mining import rfm

    found = await asyncio.to_thread(rfm.score_customers, engine, mined(scheme), day)

    async def write(session: Session) -> Scored:
        return await write_scores(session, scheme, on=day, model=rfm.MODEL, rows=as_csv(found))

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


def as_csv(table: "pa.Table") -> Iterator[bytes]:
    """The scores as CSV without a header, in pieces."""
    import pyarrow as pa
    from pyarrow import csv

    for batch in table.select(COLUMNS).to_batches(max_chunksize=BATCH):
        out = pa.BufferOutputStream()
        csv.write_csv(batch, out, csv.WriteOptions(include_header=False))
        yield out.getvalue().to_pybytes()


def scoring(url: str) -> Duty:
    """The job that scores all customers, at night in Seoul: 17:30 UTC."""

    async def does(work: Work) -> None:
        await score(work.engine, url, now=work.now())
        await work.transaction(note_scored)

    return Duty(SCORE, does, cron="30 17 * * *")
