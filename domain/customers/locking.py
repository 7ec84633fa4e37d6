"""The first step of every change of a customer: its row is locked, seen by whoever changes it, and as he saw it."""

from sqlalchemy import BigInteger, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Actor
from domain.customers.errors import CustomerNotFound
from domain.customers.model import Customer
from domain.customers.queries import visible_to
from domain.customers.redirects import kept
from domain.errors import StaleVersion


async def locked(session: AsyncSession, customer_id: int, *, expected_version: int, actor: Actor) -> int:
    """The customer is locked until the transaction ends; its key, which is another where it was merged since.

    So of many changes with one version one succeeds and the others are told. Raises CustomerNotFound, StaleVersion.
    One statement.
    """
    row = (
        await session.execute(
            select(Customer.id, Customer.version)
            .where(Customer.id == kept(literal(customer_id, BigInteger())), visible_to(actor))
            .with_for_update(key_share=True)
        )
    ).one_or_none()
    if row is None:
        raise CustomerNotFound("id")
    if row.version != expected_version:
        raise StaleVersion("customer", row.id, expected=expected_version, current=row.version)
    found: int = row.id
    return found
