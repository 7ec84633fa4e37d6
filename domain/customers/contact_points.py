"""Contact points of a customer: the whole list at once, or one of them. One that stays keeps its id.

What tells two apart is kind and value: a list that names an old value in a new place moves it, so that the history
says what has changed and nothing else.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows
from domain.customers.contact_values import checked_value
from domain.customers.details import MOST_PARTS, GivenContactPoint
from domain.customers.errors import ContactPointNotFound
from domain.customers.model import ContactPoint, ContactPointKind
from domain.errors import Invalid
from domain.messages import say

_KEPT = (ContactPoint.kind, ContactPoint.value, ContactPoint.verified, ContactPoint.preferred)


async def set_contact_points(
    session: AsyncSession, customer_id: int, wanted: Sequence[GivenContactPoint]
) -> None:
    """The customer is reached in exactly these ways, in this order, from position 1. At most five statements."""
    held = await _held(session, customer_id)
    here: dict[tuple[str, str], list[Any]] = {}
    for row in held:
        here.setdefault((row.kind, row.value), []).append(row)
    placed: list[tuple[int | None, int, GivenContactPoint]] = []
    for position, point in enumerate(wanted, start=1):
        same = here.get((point.kind.value, point.value))
        placed.append((same.pop(0).id if same else None, position, point))
    gone = [row.id for rest in here.values() for row in rest]
    if gone:
        await session.execute(delete(ContactPoint).where(rows.among(ContactPoint.id, gone)))
    await _place(session, [each for each in placed if each[0] is not None], held)
    added = [
        {"customer_id": customer_id, "position": position, **asdict(point)}
        for key, position, point in placed
        if key is None
    ]
    if added:
        await session.execute(insert(ContactPoint).values(added))


async def _held(session: AsyncSession, customer_id: int) -> Sequence[Any]:
    found = await session.execute(
        select(ContactPoint.id, ContactPoint.position, *_KEPT)
        .where(ContactPoint.customer_id == customer_id)
        .order_by(ContactPoint.position)
    )
    return found.all()


async def _place(
    session: AsyncSession,
    staying: Sequence[tuple[int | None, int, GivenContactPoint]],
    held: Sequence[Any],
) -> None:
    before = {row.id: (row.position, row.verified, row.preferred) for row in held}
    changed = [
        {"id": key, "position": position, "verified": point.verified, "preferred": point.preferred}
        for key, position, point in staying
        if key is not None and before[key] != (position, point.verified, point.preferred)
    ]
    moving = [each["id"] for each in changed if before[each["id"]][0] != each["position"]]
    if moving:  # out of each other's way first: no two may have one position, not even for a moment
        await session.execute(
            update(ContactPoint)
            .where(rows.among(ContactPoint.id, moving))
            .values(position=-ContactPoint.position)
        )
    if changed:
        columns = (ContactPoint.position, ContactPoint.verified, ContactPoint.preferred)
        given = rows.given(changed, ContactPoint.id, *columns)
        await session.execute(
            update(ContactPoint)
            .where(ContactPoint.id == given.c.id)
            .values({column.key: given.c[column.key] for column in columns})
        )


@dataclass(frozen=True)
class ContactPointChange:
    """What is to become of one contact point; None leaves it as it is."""

    value: str | None = None
    verified: bool | None = None
    preferred: bool | None = None


async def add_contact_point(session: AsyncSession, customer_id: int, point: GivenContactPoint) -> None:
    """The customer, whom the caller has locked, can be reached this way too, after the others.

    A preferred one takes the preference from another of its kind. Raises Invalid. At most three statements.
    """
    value = checked_value(point.kind, point.value, "value")
    held = await _held(session, customer_id)
    if any((row.kind, row.value) == (point.kind, value) for row in held):
        raise Invalid(say("the customer has this contact point already"), "value")
    if len(held) >= MOST_PARTS:
        raise Invalid(say("a customer has at most {most} contact points", most=MOST_PARTS), "value")
    if point.preferred:
        await _prefer_none(session, customer_id, point.kind)
    await session.execute(
        insert(ContactPoint).values(
            customer_id=customer_id,
            position=max((row.position for row in held), default=0) + 1,
            kind=point.kind,
            value=value,
            verified=point.verified,
            preferred=point.preferred,
        )
    )


async def change_contact_point(
    session: AsyncSession, customer_id: int, contact_point_id: int, change: ContactPointChange
) -> None:
    """The contact point of the customer, whom the caller has locked, is as changed.

    Another value is not verified unless the change says so. Raises ContactPointNotFound, Invalid. At most three
    statements.
    """
    held = await _held(session, customer_id)
    row = next((row for row in held if row.id == contact_point_id), None)
    if row is None:
        raise ContactPointNotFound("contact_point_id")
    values: dict[str, Any] = {
        name: given for name, given in asdict(change).items() if given is not None and name != "value"
    }
    if change.value is not None:
        value = checked_value(ContactPointKind(row.kind), change.value, "value")
        if any((other.kind, other.value) == (row.kind, value) for other in held if other.id != row.id):
            raise Invalid(say("the customer has this contact point already"), "value")
        if value != row.value:
            values = {"verified": False, **values, "value": value}
    if change.preferred and not row.preferred:
        await _prefer_none(session, customer_id, ContactPointKind(row.kind))
    if values:
        await session.execute(update(ContactPoint).where(ContactPoint.id == row.id).values(values))


async def remove_contact_point(session: AsyncSession, customer_id: int, contact_point_id: int) -> None:
    """The customer, whom the caller has locked, is no longer reached this way. Raises ContactPointNotFound.

    One statement.
    """
    gone = await session.scalar(
        delete(ContactPoint)
        .where(ContactPoint.id == contact_point_id, ContactPoint.customer_id == customer_id)
        .returning(ContactPoint.id)
    )
    if gone is None:
        raise ContactPointNotFound("contact_point_id")


async def _prefer_none(session: AsyncSession, customer_id: int, kind: ContactPointKind) -> None:
    await session.execute(
        update(ContactPoint)
        .where(ContactPoint.customer_id == customer_id, ContactPoint.kind == kind, ContactPoint.preferred)
        .values(preferred=False)
    )
