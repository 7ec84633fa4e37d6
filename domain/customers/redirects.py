"""Where the ids of merged customers lead."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows
from domain.customers.history_model import CustomerMerge

_merge = CustomerMerge.__table__.alias()


def kept(key: ColumnElement[Any]) -> ColumnElement[int]:
    """The key of the customer that the key leads to: itself, or the one it was merged into. An index look-up."""
    found = select(_merge.c.kept_id).where(_merge.c.merged_id == key).correlate_except(_merge)
    return func.coalesce(found.scalar_subquery(), key)


async def led(session: AsyncSession, key: int) -> int:
    """Where the key leads, as `resolved`."""
    return (await resolved(session, {key}))[key]


async def of_kept(session: AsyncSession, given: Mapping[str, Any]) -> dict[str, Any]:
    """The same, for the customer whom the `customer_id` leads to, if one is given. At most one statement."""
    customer_id = given.get("customer_id")
    if customer_id is None:
        return dict(given)
    return {**given, "customer_id": await led(session, customer_id)}


async def resolved(session: AsyncSession, keys: Collection[int]) -> dict[int, int]:
    """Where each of the keys leads, whether there is such a customer or not. One statement; none for no keys."""
    if not keys:
        return {}
    merges = await session.execute(
        select(CustomerMerge.merged_id, CustomerMerge.kept_id).where(
            rows.among(CustomerMerge.merged_id, keys)
        )
    )
    led = {row.merged_id: row.kept_id for row in merges}
    return {key: led.get(key, key) for key in keys}
