"""The custom attributes whose values the cube holds."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows
from domain.customers.attribute_model import CustomerAttribute, PersonalTag

TELLING = (PersonalTag.NONE, PersonalTag.BASIC)
"""How personal a value in the star may be: no more than traits are (olap/mart/customer.sql)."""


async def reported_attributes(session: AsyncSession) -> tuple[str, ...]:
    """The names of those declared reportable that say no more than traits do, as they were declared. One statement."""
    found = await session.scalars(
        select(CustomerAttribute.name)
        .where(CustomerAttribute.reportable, rows.among(CustomerAttribute.personal, TELLING))
        .order_by(CustomerAttribute.id)
    )
    return tuple(found)
