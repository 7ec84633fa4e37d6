"""Changes of contents: they are created, changed and retired."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Row, delete, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows
from domain.contents.details import MOST_PRODUCTS, ContentDetails, checked
from domain.contents.errors import ContentNotFound, ContentRetired
from domain.contents.model import Content, ContentProduct
from domain.errors import Invalid, StaleVersion
from domain.messages import say
from domain.products.model import Product


async def create_content(session: AsyncSession, details: ContentDetails, *, now: datetime) -> int:
    """The content stands, valid from `now` where nothing else is said; its key. Raises Invalid. At most three
    statements.
    """
    for needed in ("title", "language"):
        if needed not in details:
            raise Invalid(say("{key} is missing: every content has one", key=needed), needed)
    columns = checked({"valid_from": now, **details}, standing={})
    products = await _products(session, details.get("product_ids") or ())
    made: int | None = await session.scalar(insert(Content).values(columns).returning(Content.id))
    assert made is not None, "an insert that does not fail returns its row"
    await _link(session, made, products)
    return made


async def update_content(
    session: AsyncSession, content_id: int, *, changes: ContentDetails, expected_version: int
) -> None:
    """The content stands as changed: absent = left, None = cleared; a list of products replaces the one before.

    Raises ContentNotFound, ContentRetired, StaleVersion, Invalid. At most five statements.
    """
    standing = await _locked(session, content_id, expected_version)
    columns = checked(changes, standing=standing._asdict())
    if "product_ids" in changes:
        products = await _products(session, changes["product_ids"] or ())
        link = ContentProduct
        await session.execute(
            delete(link).where(link.content_id == content_id, ~rows.among(link.product_id, products))
        )
        await _link(session, content_id, products)
    if columns:
        await session.execute(update(Content).where(Content.id == content_id).values(columns))


async def retire_content(
    session: AsyncSession, content_id: int, *, expected_version: int, now: datetime
) -> None:
    """The content is given no more. Raises ContentNotFound, ContentRetired, StaleVersion. Two statements."""
    await _locked(session, content_id, expected_version)
    await session.execute(update(Content).where(Content.id == content_id).values(retired_at=now))


async def _locked(session: AsyncSession, content_id: int, expected_version: int) -> Row[Any]:
    found = (
        await session.execute(
            select(Content.__table__).where(Content.id == content_id).with_for_update(key_share=True)
        )
    ).one_or_none()
    if found is None:
        raise ContentNotFound("id")
    if found.retired_at is not None:
        raise ContentRetired(content_id, found.retired_at)
    if found.version != expected_version:
        raise StaleVersion("content", content_id, expected=expected_version, current=found.version)
    return found


async def _products(session: AsyncSession, given: Sequence[int]) -> list[int]:
    if len(given) > MOST_PRODUCTS:
        raise Invalid(
            say(
                "{count} products are given; at most {most} are allowed", count=len(given), most=MOST_PRODUCTS
            ),
            "product_ids",
        )
    known = await rows.known(session, Product.id, given)
    for place, key in enumerate(given):
        if key not in known:
            raise Invalid(say("there is no such product"), "product_ids", place)
    return sorted(known)


async def _link(session: AsyncSession, content_id: int, products: Sequence[int]) -> None:
    """The content is about these products too; those it is about already stay."""
    if not products:
        return
    link = ContentProduct
    about = select(link.product_id).where(link.content_id == content_id)
    new = select(literal(content_id, BigInteger()), Product.id).where(
        rows.among(Product.id, products), Product.id.not_in(about)
    )
    await session.execute(insert(link).from_select(["content_id", "product_id"], new))
