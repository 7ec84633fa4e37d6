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
from domain.selection.entities import ASC, DESC, Column, Entity, Term, computed, gathered, many, one
from domain.selection.gathering import Gathering, Part
from domain.users.queries import users


def visible_to(actor: Actor, order: FromClause = Order.__table__) -> ColumnElement[bool]:
    """The orders that the actor may see, as a condition on the table or on an alias of it."""
    if actor.scope is Scope.ALL:
        return true()
    of_customer = visible_customer(actor, order.c.customer_id)
    match actor.scope:
        case Scope.BRANCH:
            return or_(order.c.branch_id == any_(branches_of(actor)), of_customer)
        case Scope.OWN:
            return or_(order.c.agent_id == user_of(actor), of_customer)


_whole = Order.__table__.alias()


def visible_order(actor: Actor, key: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the order with this key may be seen: for whatever belongs to an order."""
    return exists().where(_whole.c.id == key, visible_to(actor, _whole))


# Tables, not their classes: a statement with one column of a class is compiled as the ORM's, which takes twice as long.
_lines, _of, _currency = OrderLine.__table__, Order.__table__, Currency.__table__
_priced = (
    select(_lines, _of.c.currency, _currency.c.scale)
    .select_from(_lines)
    .outerjoin(_of, _of.c.id == _lines.c.order_id)
    .outerjoin(_currency, _currency.c.code == _of.c.currency)
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


def _gathered(gathering: Gathering) -> Column:
    return amount(gathering.of, lambda order: order.c.currency, nullable=False, gathering=gathering)


class Orders(Entity):
    net_revenue = _gathered(figures.NET_REVENUE)
    gross = _gathered(figures.GROSS)
    paid_amount = _gathered(figures.PAID)
    open_amount = _gathered(figures.OPEN)
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


_order, _line, _company = Order.__table__.alias(), OrderLine.__table__.alias(), Company.__table__.alias()

_sold = exists().where(_line.c.order_id == _order.c.id, _line.c.kind == LineKind.SALE.value).correlate(_order)
"""Of orders that sold something: a credit note alone is no order. The cube counts the same."""


def _of_sales(value: ColumnElement[Any]) -> Part:
    return Part(value=value, rows=_order, key=_order.c.customer_id, where=(_sold,))


order_count_of_customer = gathered(
    Gathering(lambda count: func.coalesce(count, 0), (_of_sales(func.count()),)),
    Integer(),
    nullable=False,
    name="order_count",
)
last_order_at_of_customer = gathered(
    Gathering(lambda at: at, (_of_sales(func.max(_order.c.ordered_at)),)),
    DateTime(timezone=True),
    name="last_order_at",
)

_brought = Part(
    value=func.sum(_line.c.net_revenue),
    rows=_order.join(_line, _line.c.order_id == _order.c.id),
    key=_order.c.customer_id,
    where=(_order.c.currency == select(_company.c.currency).scalar_subquery(),),
)

revenue_of_customer = gathered(Gathering(lambda brought: brought, (_brought,)), FINE, name="net_revenue")
"""What all orders in the company's currency brought; null where there is none."""

_revenue = (
    select(_order.c.customer_id, _order.c.currency, func.sum(_line.c.net_revenue).label("net_revenue"))
    .join_from(_order, _line, _line.c.order_id == _order.c.id)
    .group_by(_order.c.customer_id, _order.c.currency)
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
