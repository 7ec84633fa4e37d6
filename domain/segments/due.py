"""Segments whose rule is to be asked of all customers: noted, so that none is forgotten whatever dies."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows
from domain.segments.model import Segment, SegmentDue, SegmentKind
from domain.segments.moments import moment_of

STANDING = (Segment.kind == SegmentKind.RULE.value, Segment.retired_at.is_(None))


async def note_due(session: AsyncSession, segment_ids: Collection[int] | None = None) -> None:
    """Those of these segments that are by rule and stand are due; all of them without. One statement."""
    chosen = select(Segment.id).where(*STANDING).order_by(Segment.id)
    if segment_ids is not None:
        chosen = chosen.where(rows.among(Segment.id, segment_ids))
    await session.execute(insert(SegmentDue).from_select(["segment_id"], chosen).on_conflict_do_nothing())


async def note_scored(session: AsyncSession) -> None:
    """Those are due whose rule looks at scores. One statement."""
    chosen = select(Segment.id).where(*STANDING, Segment.rule.contains('"rfm":'))
    await session.execute(insert(SegmentDue).from_select(["segment_id"], chosen).on_conflict_do_nothing())


async def due_segments(session: AsyncSession, *, now: datetime) -> list[int]:
    """The segments that are due: those noted, and those not asked yet on the company's day of today: ages, recency and
    windows move with the days. By key. Two statements."""
    begun = (await moment_of(session, now)).start(1)
    due = select(SegmentDue.segment_id)
    aged = or_(Segment.refreshed_at.is_(None), Segment.refreshed_at < begun, Segment.id.in_(due))
    return list(await session.scalars(select(Segment.id).where(*STANDING, aged).order_by(Segment.id)))


async def settled(session: AsyncSession, segment_id: int) -> None:
    """The segment is not due any more. One statement."""
    await session.execute(delete(SegmentDue).where(SegmentDue.segment_id == segment_id))
