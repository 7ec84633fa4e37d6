"""Who is in a segment is found anew: who meets the rule no more has left, who meets it now has entered."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    DateTime,
    Select,
    and_,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows
from domain.rules import tree
from domain.rules.reading import read_rule
from domain.segments.errors import SegmentNotFound, SegmentRetired, WrongKind
from domain.segments.membership import members
from domain.segments.model import Segment, SegmentKind, SegmentMember
from domain.segments.moments import moment_of
from domain.segments.plans import joined_by_hash

_member = SegmentMember.__table__.c

JUST_AFTER = timedelta(microseconds=1)
"""Who leaves at the very moment of entering was in for as long as a clock can tell."""


@dataclass(frozen=True)
class Refreshed:
    """How many customers have entered and left."""

    entered: int
    left: int


async def refresh_segment(session: AsyncSession, segment_id: int, *, now: datetime) -> Refreshed:
    """The segment holds who meets its rule at `now`; only who enters or leaves is written.

    Raises SegmentNotFound, SegmentRetired, WrongKind. Seven statements, however many customers.
    """
    rule = await rule_of(session, segment_id)
    found = members(rule, await moment_of(session, now))
    async with joined_by_hash(session):
        refreshed = await settle(session, segment_id, found, now=now)
    await session.execute(update(Segment).where(Segment.id == segment_id).values(refreshed_at=now))
    return refreshed


async def refresh_customers(
    session: AsyncSession, segment_id: int, customer_ids: Collection[int], *, now: datetime
) -> Refreshed:
    """These customers are in the segment where they meet its rule at `now`, and not where they do not.

    Raises what `refresh_segment` raises. Four statements, each by an index.
    """
    rule = await rule_of(session, segment_id)
    found = members(rule, await moment_of(session, now), only=customer_ids)
    return await settle(session, segment_id, found, now=now, only=customer_ids)


async def named_segments(session: AsyncSession, name: str | None) -> list[tuple[int, str]]:
    """Key and name of the segments that are by rule and stand: of this name, or all. Raises SegmentNotFound."""
    wanted = select(Segment.id, Segment.name).where(
        Segment.kind == SegmentKind.RULE.value, Segment.retired_at.is_(None)
    )
    if name is not None:
        wanted = wanted.where(Segment.name == name)
    found = [(key, shown) for key, shown in await session.execute(wanted.order_by(Segment.name))]
    if name is not None and not found:
        raise SegmentNotFound("name")
    return found


async def settle(
    session: AsyncSession,
    segment_id: int,
    found: Select[int],
    *,
    now: datetime,
    only: Collection[int] | None = None,
) -> Refreshed:
    """The customers of `found` are in the segment, and no others, or none other of `only`. One statement."""
    wanted = found.cte("wanted").prefix_with("MATERIALIZED")
    at = literal(now, DateTime(timezone=True))
    inside = and_(_member.segment_id == segment_id, _member.left_at.is_(None))
    asked = [] if only is None else [rows.among(SegmentMember.customer_id, only)]
    gone = (
        update(SegmentMember)
        .where(inside, *asked, ~exists().where(wanted.c.customer_id == _member.customer_id))
        .values(left_at=func.greatest(at, _member.entered_at + JUST_AFTER))
        .returning(_member.id)
        .cte("gone")
    )
    there = SegmentMember.__table__.alias()
    fresh = (
        select(literal(segment_id), wanted.c.customer_id, at)
        .where(
            ~exists().where(
                there.c.segment_id == segment_id,
                there.c.customer_id == wanted.c.customer_id,
                there.c.left_at.is_(None),
            )
        )
        .order_by(wanted.c.customer_id)
    )
    came = (
        insert(SegmentMember)
        .from_select(["segment_id", "customer_id", "entered_at"], fresh)
        .returning(_member.id)
        .cte("came")
    )
    counts = select(
        select(func.count()).select_from(came).scalar_subquery(),
        select(func.count()).select_from(gone).scalar_subquery(),
    )
    entered, left = (await session.execute(counts)).one()
    return Refreshed(entered, left)


async def rule_of(session: AsyncSession, segment_id: int) -> tree.Rule:
    """The rule of the segment, which is locked until the transaction ends: two refreshes wait for each other.

    Raises SegmentNotFound, SegmentRetired, WrongKind.
    """
    standing = await locked(session, segment_id)
    if standing.kind != SegmentKind.RULE:
        raise WrongKind(standing.kind)
    return read_rule(json.loads(standing.rule), "rule")


async def locked(session: AsyncSession, segment_id: int) -> Any:
    """The segment, locked against change. Raises SegmentNotFound, SegmentRetired. One statement."""
    found = (
        await session.execute(
            select(Segment.__table__).where(Segment.id == segment_id).with_for_update(key_share=True)
        )
    ).one_or_none()
    if found is None:
        raise SegmentNotFound("id")
    if found.retired_at is not None:
        raise SegmentRetired(segment_id)
    return found
