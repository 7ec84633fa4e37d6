"""What customers did, one row each: the derived tables that a rule joins."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Date, DateTime, Select, cast, exists, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from domain import rows
from domain.company.model import CalendarDay
from domain.consents.model import Consent
from domain.consents.queries import holds
from domain.customers.model import ContactPoint, Customer
from domain.orders.model import LineKind, Order, OrderLine
from domain.products.model import CategoryPath, Product
from domain.rules import tree
from domain.segments.moments import Moment
from domain.touchpoints.model import Touchpoint

Counted = Select[Any, Any]
"""Columns customer_id and value."""


@dataclass(frozen=True)
class Scope:
    """At which moment, and of whom: None asks of all customers."""

    moment: Moment
    only: Collection[int] | None = None

    def within(
        self, customer: InstrumentedAttribute[Any], at: InstrumentedAttribute[Any], days: int | None
    ) -> list[ColumnElement[bool]]:
        """The row belongs to one of those asked of, and lies in the window."""
        found = [customer.is_not(None), at < literal(self.moment.end, DateTime(timezone=True))]
        start = self.moment.start(days)
        if start is not None:
            found.append(at >= literal(start, DateTime(timezone=True)))
        if self.only is not None:
            found.append(rows.among(customer, self.only))
        return found


def orders(scope: Scope, days: int | None) -> Counted:
    """How many orders with a line of the kind SALE."""
    return (
        select(Order.customer_id, func.count().label("value"))
        .where(*scope.within(Order.customer_id, Order.ordered_at, days), _sold())
        .group_by(Order.customer_id)
    )


def last_day(scope: Scope) -> Counted:
    """The company's day of the last order with a line of the kind SALE; null before the business calendar begins."""
    last = cast(func.timezone(scope.moment.zone, func.max(Order.ordered_at)), Date())
    found = (
        select(Order.customer_id, last.label("day"))
        .where(*scope.within(Order.customer_id, Order.ordered_at, None), _sold())
        .group_by(Order.customer_id)
        .subquery()
    )
    known = select(found.c.customer_id, CalendarDay.day.label("value"))
    return known.join(CalendarDay, CalendarDay.day == found.c.day)


def revenue(scope: Scope, currency: str, days: int | None) -> Counted:
    """The net revenue in the currency, returns taken off."""
    return (
        select(Order.customer_id, func.sum(OrderLine.net_revenue).label("value"))
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(*scope.within(Order.customer_id, Order.ordered_at, days), Order.currency == currency)
        .group_by(Order.customer_id)
    )


def bought(scope: Scope, condition: tree.Bought) -> Counted:
    """In how many orders the product, or one of the category, was sold."""
    what = OrderLine.product_id == condition.product_id
    if condition.category_id is not None:
        below = select(CategoryPath.category_id).where(CategoryPath.ancestor_id == condition.category_id)
        what = OrderLine.product_id.in_(select(Product.id).where(Product.category_id.in_(below)))
    return (
        select(Order.customer_id, func.count(Order.id.distinct()).label("value"))
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(
            *scope.within(Order.customer_id, Order.ordered_at, condition.days),
            OrderLine.kind == LineKind.SALE.value,
            what,
        )
        .group_by(Order.customer_id)
    )


def contacts(scope: Scope, condition: tree.Contacts) -> Counted:
    """How many touchpoints."""
    point = Touchpoint
    found = select(point.customer_id, func.count().label("value")).where(
        *scope.within(point.customer_id, point.occurred_at, condition.days)
    )
    if condition.channels:
        found = found.where(rows.among(point.channel, condition.channels))
    if condition.kinds:
        found = found.where(rows.among(point.kind, condition.kinds))
    return found.group_by(point.customer_id)


def reachable(kinds: Collection[str]) -> ColumnElement[bool]:
    """The customer has a contact point of one of the kinds."""
    point = ContactPoint
    return exists().where(point.customer_id == Customer.id, rows.among(point.kind, kinds))


def consented(purposes: Collection[str]) -> ColumnElement[bool]:
    """The latest word on one of the purposes, for any channel, gives it."""
    consent = Consent.__table__.alias()
    return exists().where(
        consent.c.customer_id == Customer.id,
        rows.among(consent.c.purpose, purposes),
        consent.c.given,
        holds(consent),
    )


def _sold() -> ColumnElement[bool]:
    return exists().where(OrderLine.order_id == Order.id, OrderLine.kind == LineKind.SALE.value)
