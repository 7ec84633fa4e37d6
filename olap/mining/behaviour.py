"""What customers did, one row each: derived tables over the star that a segment's rule joins.

Sales are gone through once for all that a rule asks of them: windows of days are conditions on the day's key inside
the sums. Where the cube keeps its cells of (day, customer) they are read instead of the lines; else lines are summed
to orders first, since an order is one however many lines it has.
"""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    case,
    func,
    literal,
    select,
    true,
)

from olap import star
from olap.physical import CountDistinct, Sum, column_at
from olap.rollups.declared import Rollup, of_fact

_touchpoints = star.table_of("touchpoints")

KEYS = frozenset(map(column_at, ("sales.date_key", "sales.customer_id", "sales.currency_key")))
REVENUE = Sum(column_at("sales.net_revenue"), money=True)
ORDERS = CountDistinct(column_at("sales.order_id"), only=((column_at("line_kind.kind"), ("sale",)),))


def day_key(day: date) -> ColumnElement[int]:
    """The key of a day; 0, which comes before all, is a day that the calendar does not know."""
    return literal(day.year * 10_000 + day.month * 100 + day.day, Integer())


def cells_of(kept: Mapping[str, int]) -> Rollup | None:
    """The smallest rollup among those kept that tells of each customer's days and currencies."""
    fit = [
        rollup
        for rollup in of_fact("sales")
        if rollup.table.name in kept
        and rollup.keys.keys() >= KEYS
        and {REVENUE, ORDERS} <= {each.part for each in rollup.stored.values()}
    ]
    return min(fit, key=lambda rollup: kept[rollup.table.name], default=None)


@dataclass
class Tally:
    """Sums by customer over one table, growing as a rule asks for them."""

    source: FromClause
    customer: ColumnElement[Any]
    day: ColumnElement[Any]
    today: date
    starts: list[date | None] = field(default_factory=list)
    values: dict[Hashable, ColumnElement[Any]] = field(default_factory=dict)

    def within(self, days: int | None) -> ColumnElement[bool]:
        """The day lies in the last so many, today included; who asks so widens what is gone through."""
        start = None
        if days is not None:
            start = date.fromordinal(max((self.today - timedelta(days=days - 1)).toordinal(), 1))
        self.starts.append(start)
        return true() if start is None else self.day >= day_key(start)

    def name(self, key: Hashable, value: ColumnElement[Any]) -> str:
        """The name of the value in the table, once, however often it is asked for."""
        self.values.setdefault(key, value)
        return f"v{list(self.values).index(key)}"

    def table(self) -> FromClause:
        """The derived table: customer_id and the values."""
        named = [value.label(f"v{at}") for at, value in enumerate(self.values.values())]
        found = (
            select(self.customer.label("customer_id"), *named)
            .select_from(self.source)
            .where(self.customer != 0, self.day <= day_key(self.today))
            .group_by(self.customer)
        )
        first = min((each for each in self.starts if each is not None), default=None)
        if first is not None and None not in self.starts:
            found = found.where(self.day >= day_key(first))
        return found.subquery()


class Sales(Tally):
    """Orders with a line of the kind SALE, and net revenue."""

    def __init__(self, today: date, cells: Rollup | None) -> None:
        source = _orders() if cells is None else _of_cells(cells)
        super().__init__(source, source.c.customer_id, source.c.date_key, today)

    def orders(self, days: int | None) -> str:
        counted = func.sum(case((self.within(days), self.source.c.orders)))
        return self.name(("orders", days), counted)

    def revenue(self, currency: str, days: int | None) -> str:
        known = star.currency
        key = select(known.c.currency_key).where(known.c.code == currency).scalar_subquery()
        asked = and_(self.source.c.currency_key == key, self.within(days))
        return self.name(("revenue", currency, days), func.sum(case((asked, self.source.c.net_revenue))))

    def last(self) -> str:
        """The key of the day of the last order; null where the calendar does not know it."""
        sold = and_(self.source.c.orders > 0, self.within(None), self.day > 0)
        return self.name("last", func.max(case((sold, self.day))))


class Contacts(Tally):
    """Touchpoints."""

    def __init__(self, today: date) -> None:
        fact = _touchpoints.c
        super().__init__(_touchpoints, fact.customer_id, fact.date_key, today)

    def count(self, days: int | None, channels: Collection[str], kinds: Collection[str]) -> str:
        asked = [self.within(days)]
        if channels:
            channel = star.channel.c
            keys = select(channel.channel_key).where(channel.channel.in_([each.lower() for each in channels]))
            asked.append(_touchpoints.c.channel_key.in_(keys))
        if kinds:
            asked.append(_touchpoints.c.kind.in_([each.lower() for each in kinds]))
        counted = func.sum(case((and_(*asked), 1)))
        return self.name((days, tuple(channels), tuple(kinds)), counted)


def bought(today: date, products: Select[Any], days: int | None, least: int) -> ColumnElement[bool]:
    """The customer is one of those who bought one of the products, told by their ids, in so many orders or more."""
    sales, product = star.sales.c, star.product.c
    keys = select(product.product_key).where(product.product_id.in_(products))
    found = select(sales.customer_id).where(
        sales.customer_id != 0,
        sales.date_key <= day_key(today),
        sales.line_kind_key == _sale(),
        sales.product_key.in_(keys),
    )
    if days is not None:
        start = date.fromordinal(max((today - timedelta(days=days - 1)).toordinal(), 1))
        found = found.where(sales.date_key >= day_key(start))
    if least > 1:
        found = found.group_by(sales.customer_id).having(func.count(sales.order_id.distinct()) >= least)
    return star.customer.c.customer_id.in_(found)


def in_category(category_id: int) -> Select[Any]:
    """The products that are of the category, or of one below it, now."""
    product = star.product.c
    below = literal(f"%/{category_id}/%", Text())
    return select(product.product_id).where(product.is_current, product.categories.like(below))


def _sale() -> ColumnElement[int]:
    kind = star.line_kind.c
    return select(kind.line_kind_key).where(kind.kind == "sale").scalar_subquery()


def _of_cells(rollup: Rollup) -> FromClause:
    """The cells under the names of what they hold."""
    keys = [rollup.keys[key].sql.label(key.name) for key in KEYS]
    names = {kept.part: rollup.table.c[name] for name, kept in rollup.stored.items()}
    return select(*keys, names[REVENUE].label("net_revenue"), names[ORDERS].label("orders")).subquery()


def _orders() -> FromClause:
    """The lines, summed to orders."""
    sales = star.sales.c
    sold = func.max(case((sales.line_kind_key == _sale(), 1), else_=0))
    return (
        select(
            sales.customer_id,
            sales.date_key,
            sales.currency_key,
            func.sum(sales.net_revenue).label("net_revenue"),
            sold.cast(BigInteger()).label("orders"),
        )
        .group_by(sales.order_id, sales.customer_id, sales.date_key, sales.currency_key)
        .subquery()
    )
