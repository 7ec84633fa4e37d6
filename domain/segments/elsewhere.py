"""A rule asked elsewhere: what another engine needs to be told of it, and what it found taken over.

Another engine answers for a moment that is past: whoever was changed since is asked here, one by one, so that what is
settled is as true as if all had been asked here.
"""

import io
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, MetaData, Select, Table, select, text, true, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain import feed, rows
from domain.customers.reported import reported_attributes
from domain.feed import Cursor
from domain.rules import tree
from domain.rules.reading import JsonRule, read_rule
from domain.rules.writing import written
from domain.segments.checks import check_references
from domain.segments.concerned import FOLLOWED, concerned
from domain.segments.membership import members
from domain.segments.model import Segment
from domain.segments.moments import moment_of
from domain.segments.plans import joined_by_hash
from domain.segments.refresh import Refreshed, refresh_segment, rule_of, settle

MOST = 10_000
"""More events since than these: the rule is asked here of all."""

_found = Table("segment_found", MetaData(), Column("customer_id", BigInteger, nullable=False))


@dataclass(frozen=True)
class Asked:
    """A rule as JSON of canonical words, the company's day, and the attributes whose values are reported."""

    rule: JsonRule
    today: date
    attributes: frozenset[str]


@dataclass(frozen=True)
class Found:
    """The keys of all customers who meet a rule, one a line in pieces of text, after all events up to `since`."""

    keys: Iterable[bytes]
    since: Cursor


Elsewhere = Callable[[Asked], Awaitable[Found | None]]
"""Asks another engine; None where it cannot tell."""


async def asked_of(session: AsyncSession, rule: JsonRule, *, now: datetime) -> Asked:
    """What is to be told of a rule. Raises Invalid. Two statements, besides those that look for what it names."""
    read = read_rule(rule, "rule")
    await check_references(session, read, "rule")
    return await _asked(session, read, now)


async def _asked(session: AsyncSession, rule: tree.Rule, now: datetime) -> Asked:
    attributes = frozenset(await reported_attributes(session))
    return Asked(written(rule), (await moment_of(session, now)).today, attributes)


async def refresh_by(
    session: AsyncSession, segment_id: int, elsewhere: Elsewhere | None, *, now: datetime
) -> Refreshed:
    """As `refresh_segment`, by what another engine finds, where there is one that can tell. Raises what that raises."""
    if elsewhere is None:
        return await refresh_segment(session, segment_id, now=now)
    rule = await rule_of(session, segment_id)
    found = await elsewhere(await _asked(session, rule, now))
    wanted = None if found is None else await _taken(session, rule, found, now)
    if wanted is None:
        return await refresh_segment(session, segment_id, now=now)
    async with joined_by_hash(session):
        refreshed = await settle(session, segment_id, wanted, now=now)
    await session.execute(text("DROP TABLE segment_found"))
    await session.execute(update(Segment).where(Segment.id == segment_id).values(refreshed_at=now))
    return refreshed


async def _taken(session: AsyncSession, rule: tree.Rule, found: Found, now: datetime) -> Select[int] | None:
    """Who was found, but for those who were changed since, who are asked here; None where these are too many."""
    connection = await session.connection()
    if (await feed.beginning(connection)).epoch != found.since.epoch:
        return None
    events = await feed.read(connection, found.since, first=MOST + 1, aggregates=FOLLOWED)
    moved = await concerned(session, events)
    if len(events) > MOST or moved.all_of(rule):
        return None
    await _copy(session, found.keys)
    late = sorted(moved.of(rule))
    here = members(rule, await moment_of(session, now), only=late)
    there = select(_found.c.customer_id).where(~rows.among(_found.c.customer_id, late) if late else true())
    both = union_all(there, here).subquery() if late else there.subquery()
    return select(both.c.customer_id)


async def _copy(session: AsyncSession, keys: Iterable[bytes]) -> None:
    await session.execute(
        text("CREATE TEMPORARY TABLE segment_found (customer_id bigint NOT NULL) ON COMMIT DROP")
    )
    raw = await (await session.connection()).get_raw_connection()
    driver: Any = raw.driver_connection
    for piece in keys:
        await driver.copy_to_table("segment_found", source=io.BytesIO(piece), format="csv")
    await session.execute(text("ANALYZE segment_found"))
