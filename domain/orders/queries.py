"""What may be asked of orders and their lines, and who sees which.

Scope ALL sees all orders, BRANCH those of its branches and of customers it sees, OWN those of its customers and those
that it took as their agent. Whoever sees a customer sees all of the customer's orders; so a customer's figures need
no condition of their own.
"""

from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    DateTime,
    FromClause,
    Integer,
    Text,
    any_,
    exists,
    func,
    or_,
    select,
    true,
)

from domain.access import Actor, branches_of, user_of
from domain.base import FINE, QUANTITY
from domain.branches.queries import branches
from domain.company.amounts import amount
from domain.company.model import Company, Currency
from domain.customers.queries import customers, visible_customer
from domain.orders import figures
from domain.orders.model import LineKind, Order, OrderLine
from domain.products.queries import products
from domain.roles import Scope
from domain.selection.entities import ASC, DESC, Column, Entity, Row, Term, computed, many, one
from domain.users.queries import users


def visible_to(actor: Actor, order: FromClause = Order.__table__) -> ColumnElement[bool]:
    """The orders that the actor may see, as a condition on the table or on an alias of it."""
    of_customer = visible_customer(actor, order.c.customer_id)
    match actor.scope:
        case Scope.ALL:
            return true()
        case Scope.BRANCH:
            return or_(order.c.branch_id == any_(branches_of(actor)), of_customer)
        case Scope.OWN:
            return or_(order.c.agent_id == user_of(actor), of_customer)


def visible_order(actor: Actor, key: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the order with this key may be seen: for whatever belongs to an order."""
    order = Order.__table__.alias()
    return exists().where(order.c.id == key, visible_to(actor, order))


_lines, _of = OrderLine.__table__, Order.__table__
_priced = (
    select(_lines, _of.c.currency, Currency.scale)
    .select_from(_lines)
    .outerjoin(_of, _of.c.id == _lines.c.order_id)
    .outerjoin(Currency.__table__, Currency.code == _of.c.currency)
    .subquery("line")
)
"""Lines with the currency of their order and its scale. Postgres leaves an outer join out where nobody asks for it."""


def _amount(name: str, *, nullable: bool = False) -> Column:
    return amount(
        lambda line: line.c[name],
        lambda line: line.c.currency,
        exact=True,
        nullable=nullable,
        scale=lambda line: line.c.scale,
    )


class OrderLines(Entity):
    unit_price = _amount("unit_price")
    discount = _amount("discount")
    unit_cost = _amount("unit_cost", nullable=True)
    gross = _amount("gross")
    net_revenue = _amount("net_revenue")
    returned_quantity = computed(figures.returned_of_line, QUANTITY, nullable=False)
    product = one(lambda: products, on=lambda line, product: product.c.id == line.c.product_id)
    returned_line = one(lambda: order_lines, on=lambda line, taken: taken.c.id == line.c.returned_line_id)


order_lines: OrderLines = OrderLines("OrderLine", _priced, order=(("position", ASC),))


class Orders(Entity):
    net_revenue = amount(figures.net_revenue, lambda order: order.c.currency, nullable=False, gathered=True)
    gross = amount(figures.gross, lambda order: order.c.currency, nullable=False)
    paid_amount = amount(figures.paid_amount, lambda order: order.c.currency, nullable=False)
    open_amount = amount(figures.open_amount, lambda order: order.c.currency, nullable=False, gathered=True)
    returned_quantity = computed(figures.returned_quantity, QUANTITY, nullable=False)
    has_returns = computed(figures.has_returns, Boolean(), nullable=False)
    shipped_state = computed(figures.shipped_state, Text(), nullable=False)
    customer = one(lambda: customers, on=lambda order, customer: customer.c.id == order.c.customer_id)
    branch = one(lambda: branches, on=lambda order, branch: branch.c.id == order.c.branch_id)
    agent = one(lambda: users, on=lambda order, user: user.c.id == order.c.agent_id)
    original = one(lambda: orders, on=lambda order, original: original.c.id == order.c.original_id)
    credit_notes = many(lambda: orders, on=lambda order, note: note.c.original_id == order.c.id)
    lines = many(
        lambda: order_lines,
        on=lambda order, line: line.c.order_id == order.c.id,
        order=(Term(order_lines.position),),
    )


orders: Orders = Orders("Order", Order.__table__, visible_to=visible_to, order=(("ordered_at", DESC),))

orders_of_customer = many(lambda: orders, on=lambda customer, order: order.c.customer_id == customer.c.id)
order_of_touchpoint = one(lambda: orders, on=lambda touchpoint, order: order.c.id == touchpoint.c.order_id)


def _sales(customer: Row, order: FromClause) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The customer's orders that sold something: a credit note alone is no order. The cube counts the same."""
    line = OrderLine.__table__.alias()
    sold = exists().where(line.c.order_id == order.c.id, line.c.kind == LineKind.SALE.value)
    return order.c.customer_id == customer.c.id, sold


def _order_count(customer: Row) -> ColumnElement[int]:
    order = Order.__table__.alias()
    counted = select(func.count()).select_from(order).where(*_sales(customer, order)).correlate(customer)
    return counted.scalar_subquery()


def _last_order_at(customer: Row) -> ColumnElement[object]:
    order = Order.__table__.alias()
    last = select(func.max(order.c.ordered_at)).where(*_sales(customer, order)).correlate(customer)
    return last.scalar_subquery()


order_count_of_customer = computed(_order_count, Integer(), nullable=False, gathered=True, name="order_count")
last_order_at_of_customer = computed(
    _last_order_at, DateTime(timezone=True), gathered=True, name="last_order_at"
)

_order, _line = Order.__table__.c, OrderLine.__table__.c


def _revenue_in_own_currency(customer: Row) -> ColumnElement[Any]:
    company, order, line = Company.__table__.alias(), Order.__table__.alias(), OrderLine.__table__.alias()
    own = select(company.c.currency).scalar_subquery()
    return (
        select(func.sum(line.c.net_revenue))
        .join_from(order, line, line.c.order_id == order.c.id)
        .where(order.c.customer_id == customer.c.id, order.c.currency == own)
        .correlate(customer)
        .scalar_subquery()
    )


revenue_of_customer = computed(_revenue_in_own_currency, FINE, gathered=True, name="net_revenue")
"""What all orders in the company's currency brought; null where there is none."""

_revenue = (
    select(_order.customer_id, _order.currency, func.sum(_line.net_revenue).label("net_revenue"))
    .join_from(Order.__table__, OrderLine.__table__, _line.order_id == _order.id)
    .group_by(_order.customer_id, _order.currency)
    .subquery("revenue")
)


class Revenues(Entity):
    """What a customer's orders brought, returns taken off: one row per currency."""

    amount = amount(lambda revenue: revenue.c.net_revenue, lambda revenue: revenue.c.currency, nullable=False)


revenues = Revenues("Money", _revenue)

net_revenue_of_customer = many(
    lambda: revenues,
    on=lambda customer, revenue: revenue.c.customer_id == customer.c.id,
    order=(Term(revenues.currency),),
)
