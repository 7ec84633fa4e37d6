"""Warehouses, and how much lies in them as SCM last said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypedDict

from sqlalchemy import Boolean, and_, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows, text
from domain.branches.model import Branch
from domain.errors import Invalid, StaleVersion
from domain.messages import say
from domain.money import quantity
from domain.products.errors import WarehouseCodeTaken, WarehouseNotFound
from domain.products.model import Product
from domain.products.stock_model import StockLevel, Warehouse

CLOCK_DIFFERENCE = timedelta(minutes=5)
"""How far ahead of ours the clock of a source may be."""

_KEY = (StockLevel.product_id, StockLevel.warehouse_id)
_CONTENT = (StockLevel.quantity, StockLevel.as_of, StockLevel.source_system)


class WarehouseDetails(TypedDict, total=False):
    """A key that is absent leaves the value as it is, None clears it."""

    name: str
    branch_id: int | None
    active: bool


@dataclass(frozen=True)
class ToldLevel:
    """How much of the product the warehouse held at `as_of`."""

    product_id: int
    warehouse_id: int
    quantity: Decimal
    as_of: datetime


class StockStatus(StrEnum):
    """STALE is older than what is known: it changes nothing."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    UNCHANGED = "UNCHANGED"
    STALE = "STALE"


@dataclass(frozen=True)
class StockResult:
    """The key of the stock level, and what became of what was told of it."""

    key: int
    status: StockStatus


async def create_warehouse(session: AsyncSession, code: str, *, details: WarehouseDetails) -> int:
    """A warehouse of this code is here; its key. Raises Invalid, WarehouseCodeTaken. At most two statements."""
    given = await _checked(session, details)
    if "name" not in given:
        raise Invalid(say("name is missing: every warehouse has one"), "name")
    found = text.key(code, "code", limit=60)
    made: int | None = await session.scalar(
        insert(Warehouse)
        .values(code=found, **given)
        .on_conflict_do_nothing(index_elements=[Warehouse.code])
        .returning(Warehouse.id)
    )
    if made is None:
        raise WarehouseCodeTaken(found)
    return made


async def update_warehouse(
    session: AsyncSession, warehouse_id: int, *, changes: WarehouseDetails, expected_version: int
) -> None:
    """The warehouse stands as changed. Raises WarehouseNotFound, StaleVersion, Invalid. At most three statements."""
    version = await session.scalar(
        select(Warehouse.version).where(Warehouse.id == warehouse_id).with_for_update(key_share=True)
    )
    if version is None:
        raise WarehouseNotFound("id")
    if version != expected_version:
        raise StaleVersion("warehouse", warehouse_id, expected=expected_version, current=version)
    given = await _checked(session, changes)
    if given:
        await session.execute(update(Warehouse).where(Warehouse.id == warehouse_id).values(**given))


async def _checked(session: AsyncSession, given: WarehouseDetails) -> WarehouseDetails:
    found = given.copy()
    for key in ("name", "active"):
        if key in given and given.get(key) is None:
            raise Invalid(say("{key} cannot be cleared: every warehouse has one", key=key), key)
    if "name" in given:
        found["name"] = text.name(given["name"], "name")
    branch_id = given.get("branch_id")
    if branch_id is not None and not await rows.known(session, Branch.id, {branch_id}):
        raise Invalid(say("there is no such branch"), "branch_id")
    return found


async def set_stock(
    session: AsyncSession, told: Sequence[ToldLevel], *, source_system: str, now: datetime
) -> list[StockResult]:
    """Each level is as it was told, unless something later is known of it. One result for each, in the given order.

    Raises Invalid with the place in `levels`, and then nothing is written. Four statements,
    however many levels: rows are written in the order of their keys, so that two batches never wait in a circle.
    """
    levels = [_level(each, place, now=now) for place, each in enumerate(told)]
    await _check_references(session, levels)
    system = text.name(source_system, "source_system", limit=60)
    written = await _write(session, [{**each, "source_system": system} for each in levels])
    standing = await _standing(session, [each for each in levels if _name(each) not in written])
    return [
        written[name] if (name := _name(each)) in written else _unwritten(each, standing[name])
        for each in levels
    ]


def _level(told: ToldLevel, place: int, *, now: datetime) -> dict[str, Any]:
    if told.as_of > now + CLOCK_DIFFERENCE:
        raise Invalid(
            say("as_of {at} lies in the future", at=told.as_of.isoformat()), "levels", place, "as_of"
        )
    return {
        "product_id": told.product_id,
        "warehouse_id": told.warehouse_id,
        "quantity": quantity(told.quantity, "levels", place, "quantity"),
        "as_of": told.as_of,
    }


def _name(level: Mapping[str, Any]) -> tuple[int, int]:
    return level["product_id"], level["warehouse_id"]


async def _check_references(session: AsyncSession, levels: Sequence[Mapping[str, Any]]) -> None:
    products = await rows.known(session, Product.id, {each["product_id"] for each in levels})
    warehouses = await rows.known(session, Warehouse.id, {each["warehouse_id"] for each in levels})
    seen: set[tuple[int, int]] = set()
    for place, each in enumerate(levels):
        if each["product_id"] not in products:
            raise Invalid(say("there is no such product"), "levels", place, "product_id")
        if each["warehouse_id"] not in warehouses:
            raise Invalid(say("there is no such warehouse"), "levels", place, "warehouse_id")
        if _name(each) in seen:
            raise Invalid(say("this product in this warehouse is given twice"), "levels", place)
        seen.add(_name(each))


async def _write(
    session: AsyncSession, levels: Sequence[Mapping[str, Any]]
) -> dict[tuple[int, int], StockResult]:
    given = rows.given(levels, *_KEY, *_CONTENT)
    names = [column.key for column in (*_KEY, *_CONTENT)]
    placed = insert(StockLevel).from_select(
        names, select(*(given.c[name] for name in names)).order_by(given.c.product_id, given.c.warehouse_id)
    )
    new = placed.excluded
    later = or_(
        new.as_of > StockLevel.as_of,
        and_(new.as_of == StockLevel.as_of, new.quantity != StockLevel.quantity),
    )
    inserted = literal_column("(xmax = 0)", Boolean()).label("inserted")
    made = await session.execute(
        placed.on_conflict_do_update(
            index_elements=_KEY, set_={column.key: new[column.key] for column in _CONTENT}, where=later
        ).returning(StockLevel.id, *_KEY, inserted)
    )
    return {
        (row.product_id, row.warehouse_id): StockResult(
            row.id, StockStatus.CREATED if row.inserted else StockStatus.UPDATED
        )
        for row in made
    }


async def _standing(
    session: AsyncSession, levels: Sequence[Mapping[str, Any]]
) -> dict[tuple[int, int], Mapping[str, Any]]:
    if not levels:
        return {}
    given = rows.given(levels, *_KEY)
    found = await session.execute(
        select(StockLevel.id, *_KEY, *_CONTENT).join(
            given, and_(given.c.product_id == _KEY[0], given.c.warehouse_id == _KEY[1])
        )
    )
    return {(row.product_id, row.warehouse_id): row._asdict() for row in found}


def _unwritten(told: Mapping[str, Any], standing: Mapping[str, Any]) -> StockResult:
    stale = told["as_of"] < standing["as_of"]
    return StockResult(standing["id"], StockStatus.STALE if stale else StockStatus.UNCHANGED)
