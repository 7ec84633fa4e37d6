"""What rules call by its key, looked up by the name that people know."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows
from domain.branches.model import Branch
from domain.customers.reported import reported_attributes
from domain.products.paths import categories_at, products_coded
from domain.scores.shown import shown_scheme
from domain.selection import ids

Path = tuple[str | None, ...]

MOST_LEVELS = 3
"""Of the categories above a product so many stand in its path, unknown where there are fewer."""


@dataclass(frozen=True)
class Named:
    """The ids of what there is, by path; the company's scheme of RFM; the attributes that the cube holds, in order."""

    categories: Mapping[Path, str]
    products: Mapping[Path, str]
    branches: Mapping[Path, str]
    scheme: str
    attributes: tuple[str, ...]


async def named(
    session: AsyncSession,
    *,
    categories: Collection[Path] = (),
    products: Collection[Path] = (),
    branches: Collection[Path] = (),
) -> Named:
    """Categories by the names from the top, products by those of their categories and their code, branches by their
    region and code; what is not there, or lies elsewhere, has no id. Six statements at most."""
    complete = [path for path in _known(categories) if path]
    return Named(
        categories={
            path: ids.made("Category", key) for path, key in (await categories_at(session, complete)).items()
        },
        products=await _products(session, products),
        branches=await _branches(session, branches),
        scheme=await shown_scheme(session),
        attributes=await reported_attributes(session),
    )


def _known(paths: Collection[Path]) -> list[tuple[str, ...]]:
    return [known for path in paths if len(known := tuple(name for name in path if name)) == len(path)]


async def _products(session: AsyncSession, paths: Collection[Path]) -> dict[Path, str]:
    found = await products_coded(session, {path[-1] for path in paths if path[-1]})
    lying = {
        ((*names, *[None] * MOST_LEVELS)[:MOST_LEVELS], code): key for code, (key, names) in found.items()
    }
    return {
        path: ids.made("Product", lying[path[:-1], path[-1]])
        for path in paths
        if path[-1] and (path[:-1], path[-1]) in lying
    }


async def _branches(session: AsyncSession, paths: Collection[Path]) -> dict[Path, str]:
    codes = {path[-1] for path in paths if path[-1]}
    if not codes:
        return {}
    rows_found = await session.execute(
        select(Branch.region, Branch.code, Branch.id).where(rows.among(Branch.code, codes))
    )
    standing = {(region, code): ids.made("Branch", key) for region, code, key in rows_found}
    return {path: standing[path] for path in paths if path in standing}
