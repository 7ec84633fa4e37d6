"""Changes of the category tree. What a category was, and the ways to the top, are kept by triggers."""

from typing import Any, TypedDict

from sqlalchemy import Result, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningInsert, Update

from domain import text
from domain.errors import Invalid, StaleVersion
from domain.messages import say
from domain.products.errors import CategoryCircle, CategoryNameTaken, CategoryNotFound, TreeTooDeep
from domain.products.model import Category, CategoryPath

MOST_LEVELS = 50

_UNIQUE_VIOLATION = "23505"


class CategoryDetails(TypedDict, total=False):
    """A key that is absent leaves the value as it is, None clears it: without parent it stands at the top."""

    name: str
    english_name: str | None
    parent_id: int | None


async def create_category(session: AsyncSession, *, details: CategoryDetails) -> int:
    """A category of this name stands below its parent, or at the top; its key.

    Raises Invalid, CategoryNameTaken, TreeTooDeep. At most five statements.
    """
    given = _checked(details)
    if "name" not in given:
        raise Invalid(say("name is missing: every category has one"), "name")
    await _take_turn(session)
    await _check_depth(session, given.get("parent_id"), height=0)
    new = insert(Category).values(**given).returning(Category.id)
    made: int = (await _written(session, new, given["name"])).scalar_one()
    return made


async def update_category(
    session: AsyncSession, category_id: int, *, changes: CategoryDetails, expected_version: int
) -> None:
    """The category has this name and stands below this parent, and all below it moves with it; what it was is kept.

    Raises CategoryNotFound, StaleVersion, Invalid, CategoryNameTaken, CategoryCircle, TreeTooDeep. At most seven
    statements.
    """
    given = _checked(changes)
    if given.get("parent_id") is not None:
        await _take_turn(session)
    standing = await _locked(session, category_id, expected_version)
    parent_id = given.get("parent_id")
    if parent_id is not None and parent_id != standing.parent_id:
        await _check_move(session, category_id, standing.name, parent_id)
    if given:
        change = update(Category).where(Category.id == category_id).values(**given)
        await _written(session, change, given.get("name", standing.name))


def _checked(given: CategoryDetails) -> CategoryDetails:
    found = given.copy()
    if "name" in given:
        if given["name"] is None:
            raise Invalid(say("name cannot be cleared: every category has one"), "name")
        found["name"] = text.name(given["name"], "name", limit=100)
    if (english := given.get("english_name")) is not None:
        found["english_name"] = text.name(english, "english_name", limit=100, clearable=True)
    return found


async def _take_turn(session: AsyncSession) -> None:
    """Moves wait for each other: of two that are each right alone, the second could close a circle."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext("dangol.categories"))))


async def _locked(
    session: AsyncSession, category_id: int, expected_version: int
) -> Row[int, str, int | None]:
    found = (
        await session.execute(
            select(Category.version, Category.name, Category.parent_id)
            .where(Category.id == category_id)
            .with_for_update(key_share=True)
        )
    ).one_or_none()
    if found is None:
        raise CategoryNotFound("id")
    if found.version != expected_version:
        raise StaleVersion("category", category_id, expected=expected_version, current=found.version)
    return found


async def _check_move(session: AsyncSession, category_id: int, name: str, parent_id: int) -> None:
    below = select(CategoryPath.category_id).where(CategoryPath.ancestor_id == category_id)
    inside = await session.scalar(
        select(Category.name).where(Category.id == parent_id, Category.id.in_(below))
    )
    if inside is not None:
        raise CategoryCircle(name, inside)
    height = await session.scalar(
        select(func.max(CategoryPath.depth)).where(CategoryPath.ancestor_id == category_id)
    )
    await _check_depth(session, parent_id, height=height or 0)


async def _check_depth(session: AsyncSession, parent_id: int | None, *, height: int) -> None:
    if parent_id is None:
        return
    depth = await session.scalar(
        select(func.max(CategoryPath.depth)).where(CategoryPath.category_id == parent_id)
    )
    if depth is None:
        raise Invalid(say("there is no such category"), "parent_id")
    levels = depth + 2 + height
    if levels > MOST_LEVELS:
        raise TreeTooDeep(levels, MOST_LEVELS)


async def _written(
    session: AsyncSession, change: Update | ReturningInsert[Any], name: str
) -> Result[*tuple[Any, ...]]:
    """The change is made. Raises CategoryNameTaken; the transaction goes on either way."""
    try:
        async with session.begin_nested():
            return await session.execute(change)
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) == _UNIQUE_VIOLATION:
            raise CategoryNameTaken(name) from None
        raise
