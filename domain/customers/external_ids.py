"""External ids of a customer: the whole list at once, written where it differs, or one of them."""

from collections.abc import Sequence

from sqlalchemy import delete, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.customers.details import MOST_PARTS, ExternalId, checked_external_ids
from domain.customers.errors import ExternalIdNotFound, ExternalIdTaken
from domain.customers.model import CustomerExternalId
from domain.errors import Invalid
from domain.messages import say


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


async def link_external_id(session: AsyncSession, customer_id: int, wanted: ExternalId) -> None:
    """The customer, whom the caller has locked, has this external id too. Raises ExternalIdTaken, Invalid.

    Three statements.
    """
    [checked] = checked_external_ids([wanted])
    held = await _external_ids(session, customer_id)
    if checked in held:
        return
    if len(held) >= MOST_PARTS:
        raise Invalid(say("a customer has at most {most} external ids", most=MOST_PARTS), "external_id")
    await _add_external_ids(session, customer_id, [checked], [checked])


_FORGET = text(
    "DELETE FROM source_versions WHERE aggregate = 'customer' AND system = :system AND external_id = :external_id"
)


async def unlink_external_id(session: AsyncSession, customer_id: int, name: ExternalId) -> None:
    """The customer, whom the caller has locked, no longer has this external id. Raises ExternalIdNotFound.

    How far its system had counted is forgotten with it: an erasure would not find it any more. Two statements.
    """
    gone = await session.scalar(
        delete(CustomerExternalId)
        .where(
            CustomerExternalId.system == name.system,
            CustomerExternalId.external_id == name.id,
            CustomerExternalId.customer_id == customer_id,
        )
        .returning(CustomerExternalId.customer_id)
    )
    if gone is None:
        raise ExternalIdNotFound(name.system, name.id, "external_id")
    await session.execute(_FORGET, {"system": name.system, "external_id": name.id})
