"""What may be asked of segments and of who is in them.

Everybody sees the segments and how many are in them; who is in one is seen by whoever sees the customer.
"""

from sqlalchemy import JSON, ColumnElement, FromClause, Integer, cast, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Actor
from domain.customers.queries import customers, visible_customer
from domain.segments.model import Segment, SegmentMember
from domain.selection.entities import ASC, DESC, Entity, Row, computed, many, one
from domain.users.queries import users


async def segment_names(session: AsyncSession) -> dict[int, str]:
    """The names of all segments by their keys. One statement."""
    found = await session.execute(select(Segment.id, Segment.name))
    return {row.id: row.name for row in found}


def visible_to(actor: Actor, member: FromClause = SegmentMember.__table__) -> ColumnElement[bool]:
    """The memberships of customers that the actor may see."""
    return visible_customer(actor, member.c.customer_id)


def _member_count(segment: Row) -> ColumnElement[int]:
    member = SegmentMember.__table__.alias()
    counted = select(func.count()).where(member.c.segment_id == segment.c.id, member.c.left_at.is_(None))
    return counted.correlate(segment).scalar_subquery()


class Segments(Entity):
    rule = computed(lambda segment: cast(segment.c.rule, JSON()), JSON())
    member_count = computed(_member_count, Integer(), nullable=False)
    owner = one(lambda: users, on=lambda segment, user: user.c.id == segment.c.owner_id)
    members = many(
        lambda: segment_members,
        on=lambda segment, member: (member.c.segment_id == segment.c.id) & member.c.left_at.is_(None),
    )
    memberships = many(
        lambda: segment_members, on=lambda segment, member: member.c.segment_id == segment.c.id
    )


segments: Segments = Segments("Segment", Segment.__table__, order=(("name", ASC),))


class Members(Entity):
    segment = one(
        lambda: segments, on=lambda member, segment: segment.c.id == member.c.segment_id, nullable=False
    )
    customer = one(lambda: customers, on=lambda member, customer: customer.c.id == member.c.customer_id)


segment_members: Members = Members(
    "SegmentMember", SegmentMember.__table__, visible_to=visible_to, order=(("entered_at", DESC),)
)


def _is_in(customer: Row, segment: Row) -> ColumnElement[bool]:
    member = SegmentMember.__table__.alias()
    found = exists().where(
        member.c.segment_id == segment.c.id,
        member.c.customer_id == customer.c.id,
        member.c.left_at.is_(None),
    )
    return found.correlate(customer, segment)


segments_of_customer = many(lambda: segments, on=_is_in)
"""Those that he is in."""

memberships_of_customer = many(
    lambda: segment_members, on=lambda customer, member: member.c.customer_id == customer.c.id
)
