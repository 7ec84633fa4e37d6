"""Changes of products. Their past is kept by triggers."""

from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows, text
from domain.company.currencies import scales
from domain.errors import Invalid, StaleVersion
from domain.messages import say
from domain.products.details import AMOUNTS, ProductDetails, checked, columns
from domain.products.errors import ProductCodeTaken, ProductNotFound
from domain.products.model import Category, Product
from domain.products.parts import set_attributes, set_external_ids


async def create_product(session: AsyncSession, code: str, *, details: ProductDetails) -> int:
    """A product of this code is here with these details; its key.

    Raises Invalid, ProductCodeTaken, ProductIdTaken. At most seven statements.
    """
    given = checked(details)
    if "name" not in given:
        raise Invalid(say("name is missing: every product has one"), "name")
    values = await _columns(session, given, standing={})
    found = text.key(code, "code", limit=60)
    made: int | None = await session.scalar(
        insert(Product)
        .values(code=found, **values)
        .on_conflict_do_nothing(index_elements=[Product.code])
        .returning(Product.id)
    )
    if made is None:
        raise ProductCodeTaken(found)
    await _write_parts(session, made, given)
    return made


async def update_product(
    session: AsyncSession, product_id: int, *, changes: ProductDetails, expected_version: int
) -> None:
    """The product stands as changed: absent = left, None = cleared; another category is a move. Its code never changes.

    Raises ProductNotFound, StaleVersion, Invalid, ProductIdTaken. At most eight statements.
    """
    standing = await _locked(session, product_id, expected_version)
    given = checked(changes)
    values = await _columns(session, given, standing=standing._asdict())
    if values:
        await session.execute(update(Product).where(Product.id == product_id).values(values))
    await _write_parts(session, product_id, given)


async def set_active(session: AsyncSession, product_id: int, active: bool, *, expected_version: int) -> None:
    """The product is sold again, or is discontinued; orders that have it keep it.

    Raises ProductNotFound, StaleVersion. Two statements.
    """
    await _locked(session, product_id, expected_version)
    await session.execute(update(Product).where(Product.id == product_id).values(active=active))


async def _locked(session: AsyncSession, product_id: int, expected_version: int) -> Row[*tuple[Any, ...]]:
    found = (
        await session.execute(
            select(Product.version, Product.list_price, Product.unit_cost, Product.currency)
            .where(Product.id == product_id)
            .with_for_update(key_share=True)
        )
    ).one_or_none()
    if found is None:
        raise ProductNotFound("id")
    if found.version != expected_version:
        raise StaleVersion("product", product_id, expected=expected_version, current=found.version)
    return found


async def _columns(
    session: AsyncSession, given: ProductDetails, *, standing: dict[str, Any]
) -> dict[str, Any]:
    category_id = given.get("category_id")
    if category_id is not None and not await rows.known(session, Category.id, {category_id}):
        raise Invalid(say("there is no such category"), "category_id")
    named = {given[name].currency for name in AMOUNTS if given.get(name) is not None}  # type: ignore[literal-required]  # the names in AMOUNTS are keys
    return columns(given, standing=standing, currencies=await scales(session, named))


async def _write_parts(session: AsyncSession, product_id: int, given: ProductDetails) -> None:
    if "attributes" in given:
        await set_attributes(session, product_id, given["attributes"])
    if "external_ids" in given:
        await set_external_ids(session, product_id, given["external_ids"])
