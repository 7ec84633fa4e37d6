"""Segments and who is in them, as the API shows them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.graphql.enums import SegmentKind, SegmentKindFilter
from api.graphql.fields import column, reads, relation
from api.graphql.filters import DateTimeFilter, IdFilter, IntFilter, TextFilter
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.relay import Connection, Node
from api.graphql.scalars import SegmentRule
from api.graphql.users.types import User, UserFilter
from domain.segments.queries import segment_members, segments

if TYPE_CHECKING:
    from api.graphql.customers.filters import CustomerFilter
    from api.graphql.customers.types import Customer


@filters
class SegmentFilter:
    id: IdFilter | None = where(segments.id)
    name: TextFilter | None = where(segments.name)
    kind: SegmentKindFilter | None = where(segments.kind)
    member_count: IntFilter | None = where(segments.member_count)
    refreshed_at: DateTimeFilter | None = where(segments.refreshed_at)
    retired_at: DateTimeFilter | None = where(segments.retired_at)
    created_at: DateTimeFilter | None = where(segments.created_at)
    owner: UserFilter | None = where(segments.owner)
    updated_at: DateTimeFilter | None = where(segments.updated_at)


@filters
class SegmentMemberFilter:
    entered_at: DateTimeFilter | None = where(segment_members.entered_at)
    left_at: DateTimeFilter | None = where(segment_members.left_at)
    segment: SegmentFilter | None = where(segment_members.segment)
    customer: Annotated["CustomerFilter", strawberry.lazy("api.graphql.customers.filters")] | None = where(
        segment_members.customer
    )


@reads(
    segments,
    filter=SegmentFilter,
    order=ordering(
        "Segment",
        NAME=segments.name,
        CREATED_AT=segments.created_at,
        REFRESHED_AT=segments.refreshed_at,
        MEMBER_COUNT=segments.member_count,
        UPDATED_AT=segments.updated_at,
        ID=segments.id,
    ),
)
@strawberry.type
class Segment(Node):
    """Customers under one name: who meets a rule, or whom somebody put in."""

    name: str
    description: str | None
    kind: SegmentKind
    rule: SegmentRule | None = column(
        segments.rule, description="As it was told: what the input SegmentRuleInput takes."
    )
    owner: User | None = relation(segments.owner)
    member_count: int = column(segments.member_count, description="How many are in it now.")
    members: Connection["SegmentMember"] = relation(
        segments.members, description="Who is in it now, of those that the caller may see."
    )
    memberships: Connection["SegmentMember"] = relation(
        segments.memberships, description="Who is and was in it, of those that the caller may see."
    )
    refreshed_at: datetime | None = column(
        segments.refreshed_at, description="When the rule was asked of all customers last."
    )
    retired_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int


@reads(
    segment_members,
    filter=SegmentMemberFilter,
    order=ordering(
        "SegmentMember",
        ENTERED_AT=segment_members.entered_at,
        LEFT_AT=segment_members.left_at,
        ID=segment_members.id,
    ),
)
@strawberry.type
class SegmentMember:
    """A customer in a segment, from `enteredAt` on, before `leftAt`."""

    id: strawberry.ID
    entered_at: datetime
    left_at: datetime | None = column(segment_members.left_at, description="Null while it is in.")
    segment: Segment = relation(segment_members.segment)
    customer: Annotated["Customer", strawberry.lazy("api.graphql.customers.types")] | None = relation(
        segment_members.customer
    )
