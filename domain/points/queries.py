"""What may be asked of points, and who sees which: whoever sees the customer."""

from sqlalchemy import BigInteger, ColumnElement, FromClause, func, true

from domain.access import Actor
from domain.customers.queries import customers, visible_customer
from domain.orders.queries import orders
from domain.points.model import PointsEntry, PointsKind, PointsScheme
from domain.roles import Scope
from domain.selection.entities import DESC, Entity, gathered, many, one
from domain.selection.gathering import Gathering, Part


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


def _sum(*of_kind: ColumnElement[bool]) -> Gathering:
    total = Part(value=func.sum(_entry.c.points), rows=_entry, key=_entry.c.customer_id, where=of_kind)
    return Gathering(lambda points: func.coalesce(points, 0), (total,))


_entry = PointsEntry.__table__.alias()

points_balance = gathered(_sum(), BigInteger(), nullable=False, name="points_balance")
points_accrued = gathered(
    _sum(_entry.c.kind == PointsKind.EARNED.value), BigInteger(), nullable=False, name="points_accrued"
)
