"""Products and categories by the names that lead to them from the top of the tree."""

from collections.abc import Collection

from sqlalchemy import ARRAY, ColumnElement, Text, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from domain import rows
from domain.products.model import Category, CategoryPath, Product

Names = tuple[str, ...]


async def categories_at(session: AsyncSession, paths: Collection[Names]) -> dict[Names, int]:
    """The keys of the categories at these paths, outermost name first; none for what is not there. One statement."""
    last = {path[-1] for path in paths if path}
    if not last:
        return {}
    named = CategoryPath.category_id.in_(select(Category.id).where(rows.among(Category.name, last)))
    found = {names: key for key, names in (await _names(session, named)).items()}
    return {path: found[path] for path in paths if path in found}


async def products_coded(session: AsyncSession, codes: Collection[str]) -> dict[str, tuple[int, Names]]:
    """The key of each product with one of the codes, and the names of the categories that it lies in, outermost first.

    Two statements.
    """
    if not codes:
        return {}
    found = await session.execute(
        select(Product.code, Product.id, Product.category_id).where(rows.among(Product.code, codes))
    )
    products = [(code, key, category_id) for code, key, category_id in found]
    lying_in = {category_id for _, _, category_id in products if category_id is not None}
    names = await _names(session, rows.among(CategoryPath.category_id, lying_in))
    nowhere: Names = ()
    return {
        code: (key, nowhere if category_id is None else names[category_id])
        for code, key, category_id in products
    }


async def _names(session: AsyncSession, which: ColumnElement[bool]) -> dict[int, Names]:
    above = aliased(Category)
    names = func.array_agg(aggregate_order_by(above.name, CategoryPath.depth.desc()), type_=ARRAY(Text()))
    found = await session.execute(
        select(CategoryPath.category_id, names)
        .join(above, above.id == CategoryPath.ancestor_id)
        .where(which)
        .group_by(CategoryPath.category_id)
    )
    return {key: tuple(named) for key, named in found}
