"""Points as the API shows them."""

from datetime import datetime

import strawberry

from api.graphql.customers.filters import CustomerFilter
from api.graphql.customers.types import Customer
from api.graphql.enums import PointsKind, PointsKindFilter
from api.graphql.fields import column, reads, relation
from api.graphql.filters import BigIntFilter, DateTimeFilter, IdFilter, TextFilter
from api.graphql.orders.types import Order
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.relay import Node
from api.graphql.scalars import BigInt
from api.permissions import Group
from domain.points.queries import points_entries, points_schemes


@filters
class PointsEntryFilter:
    id: IdFilter | None = where(points_entries.id)
    kind: PointsKindFilter | None = where(points_entries.kind)
    points: BigIntFilter | None = where(points_entries.points)
    occurred_at: DateTimeFilter | None = where(points_entries.occurred_at)
    source_system: TextFilter | None = where(points_entries.source_system)
    source_id: TextFilter | None = where(points_entries.source_id)
    customer: CustomerFilter | None = where(points_entries.customer)
    created_at: DateTimeFilter | None = where(points_entries.created_at)


@reads(
    points_entries,
    filter=PointsEntryFilter,
    order=ordering(
        "PointsEntry",
        OCCURRED_AT=points_entries.occurred_at,
        CREATED_AT=points_entries.created_at,
        ID=points_entries.id,
    ),
)
@strawberry.type
class PointsEntry(Node):
    """One line of the ledger of points. A customer's balance is the sum of his entries."""

    customer: Customer | None = relation(points_entries.customer)
    kind: PointsKind
    points: BigInt = column(points_entries.points, description="What it adds; negative where it takes.")
    reason: str = column(points_entries.reason, group=Group.SENSITIVE)
    order: Order | None = relation(points_entries.order)
    reverses: "PointsEntry | None" = relation(
        points_entries.reverses, description="The entry that it undoes."
    )
    occurred_at: datetime
    source_system: str | None
    source_id: str | None
    created_at: datetime
    version: int


@reads(points_schemes)
@strawberry.type
class PointsScheme:
    """Whether balances may be negative, from a time on."""

    valid_from: datetime
    may_be_negative: bool
