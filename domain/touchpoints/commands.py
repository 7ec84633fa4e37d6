"""Changes of touchpoints: they are recorded, and that is all."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows
from domain.access import Actor
from domain.errors import DomainError, Invalid
from domain.messages import say
from domain.roles import Role, Scope
from domain.touchpoints.errors import TouchpointDiffers
from domain.touchpoints.items import NewTouchpoint, checked
from domain.touchpoints.model import Touchpoint
from domain.touchpoints.references import References, look_up


class RecordStatus(StrEnum):
    CREATED = "CREATED"
    UNCHANGED = "UNCHANGED"
    REJECTED = "REJECTED"


@dataclass(frozen=True)
class Recorded:
    """What became of one item: the key of its touchpoint, or why it was refused, with a path inside the item."""

    status: RecordStatus
    key: int | None = None
    error: DomainError | None = None


Row = Mapping[str, Any]
Name = tuple[str, str]

_NAME = (Touchpoint.source_system, Touchpoint.source_id)
_CONTENT = (
    Touchpoint.customer_id,
    Touchpoint.visitor_id,
    Touchpoint.channel,
    Touchpoint.direction,
    Touchpoint.kind,
    Touchpoint.occurred_at,
    Touchpoint.duration_seconds,
    Touchpoint.agent_id,
    Touchpoint.branch_id,
    Touchpoint.subject,
    Touchpoint.note,
    Touchpoint.topics,
    Touchpoint.sentiment,
    Touchpoint.rating,
    Touchpoint.outcome,
    Touchpoint.cost,
    Touchpoint.currency,
    Touchpoint.order_id,
    Touchpoint.offer_id,
)


async def record_touchpoints(
    session: AsyncSession, items: Sequence[NewTouchpoint], *, actor: Actor, now: datetime
) -> list[Recorded]:
    """What happened is recorded; the same (system, id) twice is one touchpoint. One result per item, in their order.

    An item that is refused is REJECTED with its error and stops no other: what is not allowed, refers to nothing
    the actor may see, or says something else than is recorded under its id. Without a word on it, an agent is the
    agent of what he records. At most nine statements, however many items.
    """
    prepared = await _prepared(session, items, actor=actor, now=now)
    first: dict[Name, Row] = {}
    for row in prepared:
        if not isinstance(row, DomainError):
            first.setdefault(_name(row), row)
    created = await _insert(session, list(first.values()))
    held = await _held(session, first.keys() - created.keys())
    return [
        Recorded(RecordStatus.REJECTED, error=row)
        if isinstance(row, DomainError)
        else _recorded(
            row, first=first[_name(row)], created=created.get(_name(row)), held=held.get(_name(row))
        )
        for row in prepared
    ]


async def _prepared(
    session: AsyncSession, items: Sequence[NewTouchpoint], *, actor: Actor, now: datetime
) -> list[Row | DomainError]:
    found: list[NewTouchpoint | DomainError] = [_checked(item, actor=actor, now=now) for item in items]
    references = await look_up(
        session, [item for item in found if isinstance(item, NewTouchpoint)], actor=actor
    )
    return [item if isinstance(item, DomainError) else _row(item, references, actor) for item in found]


def _checked(item: NewTouchpoint, *, actor: Actor, now: datetime) -> NewTouchpoint | DomainError:
    if item.agent_id is None and actor.role is Role.AGENT:
        item = replace(item, agent_id=actor.user_id)
    try:
        return checked(item, now=now)
    except DomainError as error:
        return error


def _row(item: NewTouchpoint, references: References, actor: Actor) -> Row | DomainError:
    try:
        customer_id = references.customer_of(item)
        references.check(item, customer_id)
        _check_sight(item, actor)
    except DomainError as error:
        return error
    return {
        **{column.key: getattr(item, column.key, None) for column in (*_NAME, *_CONTENT)},
        "customer_id": customer_id,
        "topics": list(item.topics),
        "cost": item.cost and item.cost.amount,
        "currency": item.cost and item.cost.currency,
    }


def _check_sight(item: NewTouchpoint, actor: Actor) -> None:
    """Nobody records what he would not see: without a customer whom he sees, it must be his own or his branch's."""
    if actor.scope is Scope.ALL or item.customer is not None:
        return
    if actor.scope is Scope.BRANCH and item.branch_id not in actor.branch_ids:
        raise Invalid(say("without a customer the branch must be one of your branches"), "branch_id")
    if actor.scope is Scope.OWN and (item.agent_id is None or item.agent_id != actor.user_id):
        raise Invalid(say("without a customer the agent must be you"), "agent_id")


def _name(row: Row) -> Name:
    return row["source_system"], row["source_id"]


async def _insert(session: AsyncSession, wanted: Sequence[Row]) -> dict[Name, int]:
    """The rows whose name is new are here, inserted in the order of their names, so that two batches never
    wait for each other in a circle.
    """
    if not wanted:
        return {}
    given = rows.given(wanted, *_NAME, *_CONTENT)
    names = [column.key for column in (*_NAME, *_CONTENT)]
    made = await session.execute(
        insert(Touchpoint)
        .from_select(
            names,
            select(*(given.c[name] for name in names)).order_by(given.c.source_system, given.c.source_id),
        )
        .on_conflict_do_nothing(index_elements=_NAME)
        .returning(Touchpoint.source_system, Touchpoint.source_id, Touchpoint.id)
    )
    return {(row.source_system, row.source_id): row.id for row in made}


async def _held(session: AsyncSession, names: Collection[Name]) -> dict[Name, Row]:
    if not names:
        return {}
    given = rows.given([{"source_system": system, "source_id": key} for system, key in names], *_NAME)
    found = await session.execute(
        select(Touchpoint.id, *_NAME, *_CONTENT).join(
            given, (given.c.source_system == _NAME[0]) & (given.c.source_id == _NAME[1])
        )
    )
    return {(row.source_system, row.source_id): row._asdict() for row in found}


def _recorded(row: Row, *, first: Row, created: int | None, held: Row | None) -> Recorded:
    """`first` is the first row of that name in the batch, which was created or finds another one held."""
    if created is not None and row is first:
        return Recorded(RecordStatus.CREATED, created)
    there = first if held is None else held
    differing = [
        column.key for column in _CONTENT if not _same(column.key, row[column.key], there[column.key])
    ]
    if differing:
        error = TouchpointDiffers(*_name(row), differing)
        return Recorded(RecordStatus.REJECTED, error=error)
    return Recorded(RecordStatus.UNCHANGED, created if held is None else held["id"])


def _same(name: str, told: object, recorded: object) -> bool:
    """A visitor may have been identified since: then the source still tells no customer."""
    return told == recorded or (name == "customer_id" and told is None)
