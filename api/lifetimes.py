"""What customers will bring, worked out over the cube's star: olap/mining/lifetime on the orders of the store."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from api.scoring import in_csv
from domain.company.queries import company_currency
from domain.db import Engine, Session, run
from domain.scores.lifetimes import Telling, write_lifetimes
from domain.scores.schemes import company_day
from domain.scores.writing import Scored
from domain.selection import ids

if TYPE_CHECKING:  # whoever asks for no values has no use for Arrow and numpy
    import pyarrow as pa

    from olap.mining.lifetime.values import Lifetimes, Terms


COLUMNS = ("customer_id", "model", "repeat_days", "p_alive", "expected_orders", "mean_amount", "value")
"""As they are kept."""


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
    on_engine: Engine, url: str, *, now: datetime, on: date | None, currency: str | None, terms: "Terms"
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

    day, money = await run(on_engine, told, origin="cli")
    with facts_of(url) as facts:
        of_all = histories(facts, money, day)
    models = Lifetimes.fitted(of_all)
    return Foretold(day, money, models, terms, models.values(of_all, terms))


async def keep(on_engine: Engine, told: Foretold) -> Scored:
    """The values are kept as the customers' scores of the day; what was kept of that day before is gone."""
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
        return await write_lifetimes(session, telling, in_csv(told.values, COLUMNS))

    return await run(on_engine, write, origin="cli")
