"""Memberships follow the feed: what events say of customers is in their segments, each event once.

The position in the feed is written in the same transaction as the memberships, and only settled events are read: so
nothing is lost or done twice, whatever dies when, and however late somebody commits. A customer who changed a hundred
times between two looks is asked once.
"""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import feed
from domain.feed import Cursor, Event, Operation
from domain.rules.reading import read_rule
from domain.segments.concerned import FOLLOWED, concerned
from domain.segments.due import STANDING, note_due
from domain.segments.errors import SegmentRetired
from domain.segments.model import Segment, SegmentPosition
from domain.segments.refresh import refresh_customers

MOST = 10_000
"""More events than these at once: every rule is asked of all customers instead, which is sooner done."""

IDLE = 1_000
"""Transactions that nobody here looks at and that are passed over each time, before the position moves past them."""

_NAME = "memberships"


async def follow_events(session: AsyncSession, *, now: datetime) -> int | None:
    """Memberships are level with the next events of the feed, or their segments noted as due; how many events.

    None where another transaction is at it. A statement or two for each sort of event, four for each segment that
    looks at it.
    """
    place = await _place(session)
    if place is None:
        return None
    connection = await session.connection()
    settled = await feed.present(connection)
    events = await feed.read(connection, place, first=MOST + 1, aggregates=FOLLOWED)
    if len(events) > MOST or not await _whole(session, place):
        await _start_over(session)
        return len(events)
    if events:
        await _follow(session, events, now)
    if events or settled.xid > place.xid + IDLE:
        await _stand_at(session, max([settled, *(event.cursor for event in events)]))
    return len(events)


async def _place(session: AsyncSession) -> Cursor | None:
    """Where memberships stand, locked until the transaction ends. None where another transaction has it, or where they
    never followed: then they do from the present on, and all segments are due."""
    standing = select(SegmentPosition.__table__).where(SegmentPosition.name == _NAME)
    found = (await session.execute(standing.with_for_update(skip_locked=True))).one_or_none()
    if found is not None:
        return Cursor(found.epoch, found.xid, found.last_id)
    if (await session.execute(standing)).one_or_none() is None:
        now = await feed.present(await session.connection())
        made = insert(SegmentPosition).values(name=_NAME, epoch=now.epoch, xid=now.xid, last_id=now.id)
        await session.execute(made.on_conflict_do_nothing())
        await note_due(session)
    return None


async def _whole(session: AsyncSession, place: Cursor) -> bool:
    """Whether the feed still holds all events since the place: it is of the same epoch, and older days are there."""
    connection = await session.connection()
    if (await feed.beginning(connection)).epoch != place.epoch:
        return False
    return await feed.complete(connection, place)


async def _start_over(session: AsyncSession) -> None:
    """From the present on; all segments are due."""
    await _stand_at(session, await feed.present(await session.connection()))
    await note_due(session)


async def _stand_at(session: AsyncSession, place: Cursor) -> None:
    where = SegmentPosition.name == _NAME
    values = {"epoch": place.epoch, "xid": place.xid, "last_id": place.id}
    await session.execute(update(SegmentPosition).where(where).values(values))


async def _follow(session: AsyncSession, events: Sequence[Event], now: datetime) -> None:
    moved = await concerned(session, events)
    # What was committed while a new segment's rule was asked for the first time, it may not have seen.
    due = {
        event.aggregate_id
        for event in events
        if event.aggregate == "segment" and event.operation is Operation.CREATED
    }
    standing = await session.execute(select(Segment.id, Segment.rule).where(*STANDING).order_by(Segment.id))
    for key, said in standing.all():
        rule = read_rule(json.loads(said or "{}"), "rule")
        if moved.all_of(rule):
            due.add(key)
        elif key not in due and (customers := moved.of(rule)):
            await _ask(session, key, customers, now)
    if due:
        await note_due(session, due)


async def _ask(session: AsyncSession, key: int, customers: frozenset[int], now: datetime) -> None:
    try:
        await refresh_customers(session, key, sorted(customers), now=now)
    except SegmentRetired:  # since the list was made
        return
