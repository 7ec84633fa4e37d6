"""What customers will bring, worked out over the cube's star: olap/mining/lifetime on the orders of the store."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import structlog

from api.scoring import in_csv
from domain.company.queries import company_currency
from domain.db import Engine, Session, run
from domain.jobs.duties import Duty, Work
from domain.scores.lifetimes import GIVEN, TELL, Telling, keep_last_of_month, write_lifetimes
from domain.scores.nights import lifetimes_due
from domain.scores.schemes import company_day
from domain.scores.writing import Scored
from domain.selection import ids

if TYPE_CHECKING:  # whoever asks for no values has no use for Arrow and numpy
    import pyarrow as pa

    from olap.mining.lifetime.values import Lifetimes, Terms


log = structlog.get_logger("jobs")


@dataclass(frozen=True)
class Foretold:
    """The models that were fitted, and what each customer will bring by them: see `Lifetimes.values`."""

    on: date
    currency: str
    models: "Lifetimes"
    terms: "Terms"
    values: "pa.Table"

    def shown(self) -> "pa.Table":
        """The values, where customers are named by the ids of the API, in the column `customer`."""
        import pyarrow as pa

        named = [ids.made("Customer", key) for key in self.values.column("customer_id").to_pylist()]
        return self.values.drop_columns(["customer_id"]).add_column(
            0, "customer", pa.array(named, pa.string())
        )


async def foretell(
    on_engine: Engine,
    url: str,
    *,
    now: datetime,
    on: date | None,
    currency: str | None,
    terms: "Terms",
    origin: str = "cli",
) -> Foretold:
    """Models fitted on all orders in the currency (the company's) by the end of the day (yesterday), and the values.

    Raises TooFewOrders.
    """
    from olap.mining.facts import facts_of
    from olap.mining.lifetime.histories import histories
    from olap.mining.lifetime.values import Lifetimes

    async def told(session: Session) -> tuple[date, str]:
        day = on or await company_day(session, now) - timedelta(days=1)
        return day, currency or await company_currency(session)

    day, money = await run(on_engine, told, origin=origin)

    def work_out() -> Foretold:
        with facts_of(url) as facts:
            of_all = histories(facts, money, day)
        models = Lifetimes.fitted(of_all)
        return Foretold(day, money, models, terms, models.values(of_all, terms))

    return await asyncio.to_thread(work_out)


async def keep(on_engine: Engine, told: Foretold, *, origin: str = "cli", nightly: bool = False) -> Scored:
    """The values are kept as the customers' scores of the day; what was kept of that day before is gone, and, of what
    is told each night, what was told earlier in the month."""
    from olap.mining.lifetime.values import MODEL

    telling = Telling(
        scored_on=told.on,
        currency=told.currency,
        version=MODEL,
        weeks=told.terms.weeks,
        margin=Decimal(str(told.terms.margin)),
        discount=Decimal(str(told.terms.discount)),
    )

    async def write(session: Session) -> Scored:
        if nightly:
            await keep_last_of_month(session, telling)
        return await write_lifetimes(session, telling, in_csv(told.values, GIVEN))

    return await run(on_engine, write, origin=origin)


def foretelling(url: str) -> Duty:
    """The job that tells what customers will bring, each night by the company's clock, once somebody has kept what he
    told: in the same currencies, on the same terms."""

    async def does(work: Work) -> None:
        from olap.mining.lifetime.values import Terms, TooFewOrders

        now = work.now()
        for last in await work.transaction(lambda session: lifetimes_due(session, now)):
            terms = Terms(weeks=last.weeks, margin=float(last.margin), discount=float(last.discount))
            try:
                told = await foretell(
                    work.engine, url, now=now, on=None, currency=last.currency, terms=terms, origin="job"
                )
            except TooFewOrders as error:
                log.info("lifetimes_not_told", currency=last.currency, reason=str(error))
                continue
            await keep(work.engine, told, origin="job", nightly=True)

    return Duty(TELL, does, cron="45 * * * *")
