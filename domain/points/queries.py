"""What may be asked of points, and who sees which: whoever sees the customer."""

from sqlalchemy import BigInteger, ColumnElement, FromClause, func, select, true
from sqlalchemy.sql.functions import FunctionElement

from domain.access import Actor
from domain.customers.queries import customers, visible_customer
from domain.orders.queries import orders
from domain.points.model import PointsEntry, PointsKind, PointsScheme
from domain.roles import Scope
from domain.selection.entities import DESC, Entity, Row, computed, many, one


def visible_to(actor: Actor, entry: FromClause = PointsEntry.__table__) -> ColumnElement[bool]:
    """The entries that the actor may see, as a condition on the table or on an alias of it."""
    return true() if actor.scope is Scope.ALL else visible_customer(actor, entry.c.customer_id)


class PointsEntries(Entity):
    customer = one(lambda: customers, on=lambda entry, customer: customer.c.id == entry.c.customer_id)
    order = one(lambda: orders, on=lambda entry, order: order.c.id == entry.c.order_id)
    reverses = one(lambda: points_entries, on=lambda entry, other: other.c.id == entry.c.reverses_id)


points_entries: PointsEntries = PointsEntries(
    "PointsEntry", PointsEntry.__table__, visible_to=visible_to, order=(("occurred_at", DESC),)
)
points_schemes = Entity("PointsScheme", PointsScheme.__table__, order=(("valid_from", DESC),))

points_of_customer = many(
    lambda: points_entries, on=lambda customer, entry: entry.c.customer_id == customer.c.id
)


def _sum(customer: Row, kind: PointsKind | None = None) -> ColumnElement[int]:
    entry = PointsEntry.__table__.alias()
    total: FunctionElement[int] = func.coalesce(func.sum(entry.c.points), 0)
    of_kind = [] if kind is None else [entry.c.kind == kind.value]
    found = select(total).select_from(entry).where(entry.c.customer_id == customer.c.id, *of_kind)
    return found.correlate(customer).scalar_subquery()


points_balance = computed(_sum, BigInteger(), nullable=False, gathered=True, name="points_balance")
points_accrued = computed(
    lambda customer: _sum(customer, PointsKind.EARNED), BigInteger(), nullable=False, name="points_accrued"
)
