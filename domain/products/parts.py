"""External ids and attributes of a product: given as whole lists, written where they differ."""

from collections.abc import Sequence

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows
from domain.products.details import Attribute, ExternalId
from domain.products.errors import ProductIdTaken
from domain.products.model import ProductAttribute, ProductExternalId


async def set_attributes(session: AsyncSession, product_id: int, wanted: Sequence[Attribute]) -> None:
    """The product has exactly these attributes. Two statements; what is as it was is not written."""
    await session.execute(
        delete(ProductAttribute).where(
            ProductAttribute.product_id == product_id,
            ~rows.among(ProductAttribute.name, [each.name for each in wanted]),
        )
    )
    if not wanted:
        return
    values = [{"product_id": product_id, "name": each.name, "value": each.value} for each in wanted]
    placed = insert(ProductAttribute).values(values)
    await session.execute(
        placed.on_conflict_do_update(
            index_elements=[ProductAttribute.product_id, ProductAttribute.name],
            set_={"value": placed.excluded.value},
            where=ProductAttribute.value != placed.excluded.value,
        )
    )


async def set_external_ids(session: AsyncSession, product_id: int, wanted: Sequence[ExternalId]) -> None:
    """The product has exactly these external ids. Raises ProductIdTaken. At most three statements."""
    name = tuple_(ProductExternalId.system, ProductExternalId.external_id)
    mine = ProductExternalId.product_id == product_id
    held = {ExternalId(*row) for row in await session.execute(select(*name.clauses).where(mine))}
    surplus = [(each.system, each.id) for each in held - set(wanted)]
    if surplus:
        await session.execute(delete(ProductExternalId).where(mine, name.in_(surplus)))
    missing = sorted(set(wanted) - held, key=lambda each: (each.system, each.id))
    if not missing:
        return
    made = await session.execute(
        insert(ProductExternalId)
        .values([{"system": e.system, "external_id": e.id, "product_id": product_id} for e in missing])
        .on_conflict_do_nothing()
        .returning(ProductExternalId.system, ProductExternalId.external_id)
    )
    added = {ExternalId(*row) for row in made}
    for each in missing:
        if each not in added:
            raise ProductIdTaken(each.system, each.id, "external_ids", list(wanted).index(each))
