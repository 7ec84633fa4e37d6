"""Changes of segments: created, changed, retired; lists are filled by hand."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy import DateTime, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows, text
from domain.access import Actor
from domain.customers.errors import CustomerNotFound
from domain.customers.model import Customer
from domain.customers.queries import visible_to
from domain.customers.redirects import resolved
from domain.errors import Invalid, StaleVersion
from domain.messages import say
from domain.objectives.renamed import rename_segment
from domain.rules.reading import JsonRule, read_rule
from domain.segments.checks import check_references
from domain.segments.elsewhere import Elsewhere, refresh_by
from domain.segments.errors import SegmentNameTaken, WrongKind
from domain.segments.model import Segment, SegmentKind, SegmentMember
from domain.segments.refresh import JUST_AFTER, locked
from domain.users.model import User

MOST_AT_ONCE = 1_000
"""Customers that are put into a list by hand, in one call."""

MOST_IN_LIST = 1_000_000
"""Customers that a list is made of."""


class SegmentDetails(TypedDict, total=False):
    """A key that is absent leaves the value as it is, None clears it."""

    name: str
    description: str | None
    owner_id: int | None
    rule: JsonRule


async def create_segment(
    session: AsyncSession, details: SegmentDetails, *, now: datetime, elsewhere: Elsewhere | None = None
) -> int:
    """The segment stands: with a rule it holds who meets it now, without one it is an empty list; its key.

    The rule is asked `elsewhere`, where that can tell.
    Raises Invalid, SegmentNameTaken. A dozen statements at most.
    """
    if "name" not in details:
        raise Invalid(say("{key} is missing: every segment has one", key="name"), "name")
    columns = await _columns(session, details)
    kind = SegmentKind.RULE if "rule" in columns else SegmentKind.FIXED
    made: int | None = await session.scalar(
        insert(Segment)
        .values(kind=kind, **columns)
        .on_conflict_do_nothing(index_elements=[Segment.name])
        .returning(Segment.id)
    )
    if made is None:
        raise SegmentNameTaken(columns["name"])
    if kind is SegmentKind.RULE:
        await refresh_by(session, made, elsewhere, now=now)
    return made


async def fill_list(
    session: AsyncSession, segment_id: int, customer_ids: Sequence[int], *, actor: Actor, now: datetime
) -> None:
    """The list, which was just created, holds those of the customers whom the actor sees.

    Whom he does not see and who is there no more are passed over: they were found elsewhere, a moment ago. Raises
    Invalid. One statement.
    """
    if len(customer_ids) > MOST_IN_LIST:
        raise Invalid(
            say("these are more than {most} customers: cut the cell further", most=MOST_IN_LIST), "cell"
        )
    at = literal(now, DateTime(timezone=True))
    seen = (
        select(literal(segment_id), Customer.id, at)
        .where(rows.among(Customer.id, customer_ids), visible_to(actor), Customer.erased_at.is_(None))
        .order_by(Customer.id)
    )
    await session.execute(
        insert(SegmentMember).from_select(["segment_id", "customer_id", "entered_at"], seen)
    )


async def update_segment(
    session: AsyncSession,
    segment_id: int,
    *,
    changes: SegmentDetails,
    expected_version: int,
    now: datetime,
    elsewhere: Elsewhere | None = None,
) -> None:
    """The segment stands as changed; with another rule it holds who meets that one now, asked `elsewhere` or here.
    Targets of its cells are of them under another name too.

    Raises SegmentNotFound, SegmentRetired, StaleVersion, WrongKind, Invalid, SegmentNameTaken.
    """
    standing = await _expected(session, segment_id, expected_version)
    columns = await _columns(session, changes)
    if "rule" in columns and standing.kind != SegmentKind.RULE:
        raise WrongKind(standing.kind)
    if "name" in columns and columns["name"] != standing.name:
        await _check_free(session, columns["name"])
        await rename_segment(session, standing.name, columns["name"])
    if columns:
        await session.execute(update(Segment).where(Segment.id == segment_id).values(columns))
    if "rule" in columns and columns["rule"] != standing.rule:
        await refresh_by(session, segment_id, elsewhere, now=now)


async def retire_segment(
    session: AsyncSession, segment_id: int, *, expected_version: int, now: datetime
) -> None:
    """Nobody is in the segment any more, nor enters it; its past stays.

    Raises SegmentNotFound, SegmentRetired, StaleVersion. Three statements.
    """
    await _expected(session, segment_id, expected_version)
    inside = (SegmentMember.segment_id == segment_id, SegmentMember.left_at.is_(None))
    await session.execute(update(SegmentMember).where(*inside).values(left_at=_leaving(now)))
    await session.execute(update(Segment).where(Segment.id == segment_id).values(retired_at=now))


async def add_members(
    session: AsyncSession, segment_id: int, customer_ids: Sequence[int], *, actor: Actor, now: datetime
) -> None:
    """These customers are in the list; who was in stays in since he entered.

    Raises SegmentNotFound, SegmentRetired, WrongKind, CustomerNotFound with the place of the first, Invalid. Four
    statements.
    """
    await _list(session, segment_id, customer_ids)
    alive = (visible_to(actor), Customer.erased_at.is_(None))
    kept = await resolved(session, set(customer_ids))
    known = await rows.known(session, Customer.id, set(kept.values()), *alive)
    for place, key in enumerate(customer_ids):
        if kept[key] not in known:
            raise CustomerNotFound("customer_ids", place)
    entering = [{"segment_id": segment_id, "customer_id": key, "entered_at": now} for key in sorted(known)]
    await session.execute(
        insert(SegmentMember)
        .values(entering)
        .on_conflict_do_nothing(
            index_elements=[SegmentMember.segment_id, SegmentMember.customer_id],
            index_where=SegmentMember.left_at.is_(None),
        )
    )


async def remove_members(
    session: AsyncSession, segment_id: int, customer_ids: Sequence[int], *, now: datetime
) -> None:
    """These customers are not in the list any more; who was not in is passed over.

    Raises SegmentNotFound, SegmentRetired, WrongKind, Invalid. Three statements.
    """
    await _list(session, segment_id, customer_ids)
    kept = await resolved(session, set(customer_ids))
    await session.execute(
        update(SegmentMember)
        .where(
            SegmentMember.segment_id == segment_id,
            SegmentMember.left_at.is_(None),
            rows.among(SegmentMember.customer_id, kept.values()),
        )
        .values(left_at=_leaving(now))
    )


def _leaving(now: datetime) -> Any:
    return func.greatest(literal(now, DateTime(timezone=True)), SegmentMember.entered_at + JUST_AFTER)


async def _list(session: AsyncSession, segment_id: int, customer_ids: Sequence[int]) -> None:
    if not 1 <= len(customer_ids) <= MOST_AT_ONCE:
        told = say(
            "{count} customers are given; allowed: 1 to {most}", count=len(customer_ids), most=MOST_AT_ONCE
        )
        raise Invalid(told, "customer_ids")
    standing = await locked(session, segment_id)
    if standing.kind != SegmentKind.FIXED:
        raise WrongKind(standing.kind)


async def _expected(session: AsyncSession, segment_id: int, expected_version: int) -> Any:
    standing = await locked(session, segment_id)
    if standing.version != expected_version:
        raise StaleVersion("segment", segment_id, expected=expected_version, current=standing.version)
    return standing


async def _columns(session: AsyncSession, details: SegmentDetails) -> dict[str, Any]:
    found: dict[str, Any] = dict(details)
    if "name" in found:
        if found["name"] is None:
            told = say("{key} cannot be cleared: every segment has one", key="name")
            raise Invalid(told, "name")
        found["name"] = text.name(found["name"], "name", limit=100)
    if found.get("description") is not None:
        found["description"] = text.prose(found["description"], "description", limit=2_000)
    if found.get("owner_id") is not None:
        active = await rows.known(session, User.id, {found["owner_id"]}, User.active.is_(True))
        if not active:
            raise Invalid(say("there is no such user, or the user is deactivated"), "owner_id")
    if "rule" in found:
        if found["rule"] is None:
            raise Invalid(say("{key} cannot be cleared: every segment has one", key="rule"), "rule")
        await check_references(session, read_rule(found["rule"], "rule"), "rule")
        found["rule"] = json.dumps(found["rule"], ensure_ascii=False, separators=(",", ":"))
    return found


async def _check_free(session: AsyncSession, name: str) -> None:
    if await session.scalar(select(Segment.id).where(Segment.name == name)) is not None:
        raise SegmentNameTaken(name)
