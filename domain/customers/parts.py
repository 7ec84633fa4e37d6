"""External ids and contact points of a customer: given as whole lists, written where they differ."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.customers.details import ExternalId, GivenContactPoint
from domain.customers.errors import ExternalIdTaken
from domain.customers.model import ContactPoint, ContactPointKind, CustomerExternalId


async def set_external_ids(session: AsyncSession, customer_id: int, wanted: Sequence[ExternalId]) -> None:
    """The customer has exactly these external ids. Raises ExternalIdTaken. At most three statements."""
    held = await _external_ids(session, customer_id)
    surplus = [(each.system, each.id) for each in held if each not in wanted]
    missing = [each for each in wanted if each not in held]
    name = tuple_(CustomerExternalId.system, CustomerExternalId.external_id)
    if surplus:
        await session.execute(
            delete(CustomerExternalId).where(CustomerExternalId.customer_id == customer_id, name.in_(surplus))
        )
    if missing:
        await _add_external_ids(session, customer_id, missing, wanted)


async def _external_ids(session: AsyncSession, customer_id: int) -> set[ExternalId]:
    found = await session.execute(
        select(CustomerExternalId.system, CustomerExternalId.external_id).where(
            CustomerExternalId.customer_id == customer_id
        )
    )
    return {ExternalId(row.system, row.external_id) for row in found}


async def _add_external_ids(
    session: AsyncSession, customer_id: int, missing: Sequence[ExternalId], wanted: Sequence[ExternalId]
) -> None:
    made = await session.execute(
        insert(CustomerExternalId)
        .values(
            [
                {"system": each.system, "external_id": each.id, "customer_id": customer_id}
                for each in sorted(missing, key=lambda each: (each.system, each.id))
            ]
        )
        .on_conflict_do_nothing()
        .returning(CustomerExternalId.system, CustomerExternalId.external_id)
    )
    added = {ExternalId(row.system, row.external_id) for row in made}
    for each in missing:
        if each not in added:
            raise ExternalIdTaken(each.system, each.id, "external_ids", wanted.index(each))


async def set_contact_points(
    session: AsyncSession, customer_id: int, wanted: Sequence[GivenContactPoint]
) -> None:
    """The customer is reached in exactly these ways, in this order, from position 1. At most three statements."""
    if list(wanted) == await _contact_points(session, customer_id):
        return
    if wanted:
        await session.execute(_placed(customer_id, wanted))
    await session.execute(
        delete(ContactPoint).where(
            ContactPoint.customer_id == customer_id, ~ContactPoint.position.between(1, len(wanted))
        )
    )


async def _contact_points(session: AsyncSession, customer_id: int) -> list[GivenContactPoint]:
    found = await session.execute(
        select(ContactPoint.kind, ContactPoint.value, ContactPoint.verified, ContactPoint.preferred)
        .where(ContactPoint.customer_id == customer_id)
        .order_by(ContactPoint.position)
    )
    return [
        GivenContactPoint(ContactPointKind(row.kind), row.value, row.verified, row.preferred) for row in found
    ]


def _placed(customer_id: int, wanted: Sequence[GivenContactPoint]) -> Insert:
    values = [
        {"customer_id": customer_id, "position": position, **asdict(each)}
        for position, each in enumerate(wanted, start=1)
    ]
    placed = insert(ContactPoint).values(values)
    return placed.on_conflict_do_update(
        index_elements=[ContactPoint.customer_id, ContactPoint.position],
        set_={name: placed.excluded[name] for name in ("kind", "value", "verified", "preferred")},
    )
