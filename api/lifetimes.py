"""What customers will bring, worked out over the cube's star: olap/mining/lifetime on the orders of the store."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from domain.company.queries import company_currency
from domain.db import Engine, Session, run
from domain.scores.schemes import company_day
from domain.selection import ids

if TYPE_CHECKING:  # whoever asks for no values has no use for Arrow and numpy
    import pyarrow as pa

    from olap.mining.lifetime.values import Lifetimes, Terms


@dataclass(frozen=True)
class Foretold:
    """The models that were fitted, and what each customer will bring by them: see `Lifetimes.values`."""

    on: date
    currency: str
    models: "Lifetimes"
    values: "pa.Table"


async def foretell(
    on_engine: Engine, url: str, *, now: datetime, on: date | None, currency: str | None, terms: "Terms"
) -> Foretold:
    """Models fitted on all orders in the currency (the company's) by the end of the day (yesterday), and the values.

    Customers are named by the ids of the API, in the column `customer`. Raises TooFewOrders.
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
    values = models.values(of_all, terms)
    named = [ids.made("Customer", key) for key in values.column("customer_id").to_pylist()]
    import pyarrow as pa

    shown = values.drop_columns(["customer_id"]).add_column(0, "customer", pa.array(named, pa.string()))
    return Foretold(day, money, models, shown)
