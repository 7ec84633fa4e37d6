"""Changes of the ledger: entries are added, and undone by other entries."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows, text
from domain.access import Actor
from domain.customers import queries as customers
from domain.customers.errors import CustomerNotFound
from domain.customers.model import Customer
from domain.customers.redirects import led
from domain.errors import Invalid
from domain.messages import say
from domain.orders.model import Order
from domain.points.errors import AlreadyReversed, EntryDiffers, EntryNotFound, NotEnoughPoints
from domain.points.model import PointsEntry, PointsKind, PointsScheme
from domain.points.queries import visible_to

MOST = 10**12

_TAKING = frozenset({PointsKind.REDEEMED, PointsKind.EXPIRED})


@dataclass(frozen=True, kw_only=True)
class NewEntry:
    """An entry to be added. `points` are positive but for ADJUSTED, which may take: the kind says the sign."""

    customer_id: int
    kind: PointsKind
    points: int
    reason: str
    occurred_at: datetime | None = None
    order_id: int | None = None
    source_system: str | None = None
    source_id: str | None = None


async def add_entry(session: AsyncSession, given: NewEntry, *, actor: Actor, now: datetime) -> int:
    """The entry is in the ledger; its key. The same entry of a source twice is one.

    Raises CustomerNotFound, NotEnoughPoints, EntryDiffers, Invalid. At most seven statements. The customer is locked
    first: of two who take the last points, the second is told.
    """
    given = replace(given, customer_id=await led(session, given.customer_id))
    entry = _checked(given, now)
    await _lock(session, given.customer_id, actor)
    if given.order_id is not None and not await rows.known(
        session, Order.id, {given.order_id}, Order.customer_id == given.customer_id
    ):
        raise Invalid(say("this customer has no such order"), "order_id")
    if given.source_id is not None and (known := await _known(session, entry)) is not None:
        return known
    await _check_balance(session, given.customer_id, entry["points"], now)
    return await _insert(session, entry)


async def reverse_entry(
    session: AsyncSession, entry_id: int, *, reason: str, actor: Actor, now: datetime
) -> int:
    """The entry is undone by one of its own; that one's key. Raises EntryNotFound, AlreadyReversed, NotEnoughPoints."""
    table = PointsEntry.__table__
    found = (
        await session.execute(select(table).where(table.c.id == entry_id, visible_to(actor)))
    ).one_or_none()
    if found is None:
        raise EntryNotFound("id")
    if found.kind == PointsKind.REVERSED:
        raise Invalid(say("a reversal cannot be reversed: add the entry again"), "id")
    await _lock(session, found.customer_id, actor)
    undone = await session.scalar(select(PointsEntry.id).where(PointsEntry.reverses_id == entry_id))
    if undone is not None:
        raise AlreadyReversed(undone)
    await _check_balance(session, found.customer_id, -found.points, now)
    return await _insert(
        session,
        {
            "customer_id": found.customer_id,
            "kind": PointsKind.REVERSED.value,
            "points": -found.points,
            "reason": text.prose(reason, "reason", limit=500),
            "order_id": found.order_id,
            "reverses_id": entry_id,
            "occurred_at": now,
        },
    )


async def set_scheme(session: AsyncSession, *, valid_from: datetime, may_be_negative: bool) -> int:
    """From then on a balance may be negative, or may not; the scheme's key. One of the same time is replaced."""
    made = insert(PointsScheme).values(valid_from=valid_from, may_be_negative=may_be_negative)
    key: int | None = await session.scalar(
        made.on_conflict_do_update(
            index_elements=[PointsScheme.valid_from], set_={"may_be_negative": may_be_negative}
        ).returning(PointsScheme.id)
    )
    assert key is not None, "an upsert returns its row"
    return key


def _checked(given: NewEntry, now: datetime) -> dict[str, Any]:
    if given.kind is PointsKind.REVERSED:
        raise Invalid(say("an entry is reversed by reversePoints, which names it"), "kind")
    if given.points == 0 or abs(given.points) > MOST:
        raise Invalid(say("points must be 1 to {most}", most=MOST), "points")
    if given.points < 0 and given.kind is not PointsKind.ADJUSTED:
        raise Invalid(
            say("points of the kind {kind} are positive: the kind says the sign", kind=given.kind), "points"
        )
    system = given.source_system
    return {
        "customer_id": given.customer_id,
        "kind": given.kind.value,
        "points": -given.points if given.kind in _TAKING else given.points,
        "reason": text.prose(given.reason, "reason", limit=500),
        "order_id": given.order_id,
        "occurred_at": given.occurred_at or now,
        "source_system": None if system is None else text.key(system, "source_system", limit=60),
        "source_id": None if given.source_id is None else text.key(given.source_id, "source_id"),
    }


async def _lock(session: AsyncSession, customer_id: int, actor: Actor) -> None:
    seen = await session.scalar(
        select(Customer.id)
        .where(Customer.id == customer_id, customers.visible_to(actor))
        .with_for_update(key_share=True)
    )
    if seen is None:
        raise CustomerNotFound("customer_id")


async def _known(session: AsyncSession, entry: dict[str, Any]) -> int | None:
    """The key of the same entry of the same source. Raises EntryDiffers where the source has told something else."""
    held = (
        await session.execute(
            select(PointsEntry.__table__).where(
                PointsEntry.source_system == entry["source_system"],
                PointsEntry.source_id == entry["source_id"],
            )
        )
    ).one_or_none()
    if held is None:
        return None
    if (held.customer_id, held.kind, held.points) != (entry["customer_id"], entry["kind"], entry["points"]):
        raise EntryDiffers(held.source_system, held.source_id)
    return int(held.id)


async def _check_balance(session: AsyncSession, customer_id: int, points: int, now: datetime) -> None:
    """Only for a clear message: a trigger holds the rule, whoever writes."""
    if points > 0:
        return
    allowed = (
        select(PointsScheme.may_be_negative)
        .where(PointsScheme.valid_from <= now)
        .order_by(PointsScheme.valid_from.desc())
        .limit(1)
    )
    balance = select(func.coalesce(func.sum(PointsEntry.points), 0)).where(
        PointsEntry.customer_id == customer_id
    )
    found = (await session.execute(select(balance.scalar_subquery(), allowed.scalar_subquery()))).one()
    if int(found[0]) + points < 0 and not found[1]:
        raise NotEnoughPoints(balance=int(found[0]), taken=-points)


async def _insert(session: AsyncSession, entry: dict[str, Any]) -> int:
    made: int | None = await session.scalar(insert(PointsEntry).values(entry).returning(PointsEntry.id))
    assert made is not None, "an insert that does not fail returns its row"
    return made
