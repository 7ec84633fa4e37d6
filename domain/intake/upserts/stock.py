"""Upserts of stock: how much of a product a warehouse holds, as SCM last said. The later `as_of` wins."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Actor
from domain.errors import DomainError, Invalid
from domain.intake.upserts.amounts import QUANTITY
from domain.intake.upserts.batch import refer
from domain.intake.upserts.outcomes import DuplicateInBatch, Outcome, Policy, RowStatus, by_policy
from domain.intake.upserts.references import PRODUCT, WAREHOUSE, Looked
from domain.intake.upserts.rows import Given, Reader, Row, column, read, reference
from domain.messages import say
from domain.products.stock import CLOCK_DIFFERENCE, ToldLevel, set_stock

_READERS: dict[str, Reader] = {
    "product": reference("product", PRODUCT, clears=False),
    "warehouse": reference("warehouse", WAREHOUSE, clears=False),
    "quantity": column("quantity", QUANTITY, clears=False),
    "as_of": column("as_of", clears=False),
}


async def upsert_stock(
    session: AsyncSession,
    given: Sequence[Given],
    *,
    system: str,
    actor: Actor,
    policy: Policy,
    now: datetime,
) -> list[Outcome]:
    """The levels are as the rows say, unless something later is known of them. One outcome per row, in their order.

    Raises Invalid for a system without a name. Under REJECT_ALL whoever calls takes back what was written.
    """
    rows = [read(index, each, _READERS) for index, each in enumerate(given)]
    await refer([row for row in rows if row.error is None], Looked(session, actor))
    first: dict[tuple[int, int], int] = {}
    for row in rows:
        row.error = row.error or _wrong(row, first, now)
    good = [row for row in rows if row.error is None]
    levels = [ToldLevel(**row.cells) for row in good]
    told = await set_stock(session, levels, source_system=system, now=now) if levels else []
    found = {
        row.index: Outcome(RowStatus[each.status.name], each.key)
        for row, each in zip(good, told, strict=True)
    }
    return by_policy(
        [found.get(row.index) or Outcome(RowStatus.REJECTED, error=row.error) for row in rows], policy
    )


def _wrong(row: Row, first: dict[tuple[int, int], int], now: datetime) -> DomainError | None:
    if row.cells["as_of"] > now + CLOCK_DIFFERENCE:
        at = row.cells["as_of"].isoformat()
        return Invalid(say("{name} {at} lies in the future", name="as_of", at=at), "as_of")
    place = first.setdefault((row.cells["product_id"], row.cells["warehouse_id"]), row.index)
    return None if place == row.index else DuplicateInBatch(place)
