"""Upserts of products."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain import text as texts
from domain.errors import Invalid
from domain.intake.masters import Beside, Field, Master
from domain.intake.upserts import names
from domain.intake.upserts.amounts import PRICE
from domain.intake.upserts.form import PARTS
from domain.intake.upserts.kinds import Kind, Part
from domain.intake.upserts.outcomes import CodeTaken, Unchangeable
from domain.intake.upserts.references import CATEGORY, CURRENCY, PRODUCT, Reference
from domain.intake.upserts.rows import (
    Reader,
    Row,
    column,
    part,
    read_key,
    read_version,
    reference,
    words,
)
from domain.messages import say
from domain.money import Money

_TEXT = 'text COLLATE "C"'
_ATTRIBUTES = "intake_product_upsert_attributes"

_MASTER = Master(
    staging="intake_product_upserts",
    root="products",
    external_ids="product_external_ids",
    key="product_id",
    fields=(
        # A code is given to a new product alone and never changes.
        Field("code", _TEXT, value="coalesce(r.code, g.code)"),
        Field("name", _TEXT),
        Field("english_name", _TEXT),
        Field("category_id", "bigint"),
        Field("list_price", "numeric(19, 4)"),
        Field("unit_cost", "numeric(19, 4)"),
        Field("currency", _TEXT),
        Field("active", "boolean", empty="true"),
    ),
    parts=PARTS,
    stale="s.stale",
    beside=(
        Beside(
            "attributes",
            f"""LEFT JOIN (SELECT DISTINCT c.place FROM {_ATTRIBUTES} c JOIN settled k ON k.external_id = c.place
                           LEFT JOIN product_attributes p ON p.product_id = k.id AND p.name = c.name
                           WHERE p.value IS DISTINCT FROM c.value
                ) AS new_attributes ON new_attributes.place = s.external_id""",
            "new_attributes.place IS NOT NULL",
        ),
        names.beside("product_external_ids", "product_id", "intake_product_upsert_names"),
    ),
)


async def _write_attributes(connection: AsyncConnection) -> None:
    staged = f"""
        FROM {_ATTRIBUTES} c JOIN {_MASTER.plan} g ON g.external_id = c.place AND g.outcome IN ('CREATED', 'UPDATED')
    """
    await connection.execute(
        text(f"""
            DELETE FROM product_attributes p USING {_ATTRIBUTES} c, {_MASTER.plan} g
            WHERE g.external_id = c.place AND g.outcome = 'UPDATED' AND c.value IS NULL
              AND p.product_id = g.id AND p.name = c.name
        """)
    )
    await connection.execute(
        text(f"""
            INSERT INTO product_attributes (product_id, name, value)
            SELECT g.id, c.name, c.value {staged} WHERE c.value IS NOT NULL ORDER BY g.id, c.name
            ON CONFLICT (product_id, name) DO UPDATE SET value = excluded.value
            WHERE product_attributes.value IS DISTINCT FROM excluded.value
        """)
    )


_AMOUNTS = ("list_price", "unit_cost")


def _two_currencies(name: str) -> Invalid:
    return Invalid(say("the amounts of a product are in one currency"), name, "currency")


def _price(name: str) -> Reader:
    def reader(row: Row, value: Money | None) -> None:
        if value is None:
            row.cleared.add(name)
            return
        row.cells[name] = PRICE(value.amount, name)
        if row.cells.setdefault("currency", value.currency) != value.currency:
            raise _two_currencies(name)
        row.references.append(Reference(row.cells, "currency", CURRENCY, value.currency, (name, "currency")))

    return reader


_read_attributes = part(
    "attributes",
    {"name": column("name", words(texts.name, 60)), "value": column("value", words(texts.line, 500))},
    needed=("name",),
)


def _attributes(row: Row, value: Any) -> None:
    _read_attributes(row, value)
    given = [each["name"] for each in row.parts["attributes"]]
    for place, name in enumerate(given):
        if name in given[:place]:
            raise Invalid(
                say("the attribute {name!r} is given twice", name=name), "attributes", place, "name"
            )


async def _check(session: AsyncSession, rows: Sequence[Row]) -> None:
    await names.check(session, rows, PRODUCT)
    await _check_codes(session, rows)
    await _check_currencies(session, rows)


async def _check_currencies(session: AsyncSession, rows: Sequence[Row]) -> None:
    """No amount comes to stand in another currency because the other one moved. None or one statement."""
    priced = {row.id: row for row in rows if row.error is None and row.id and "currency" in row.cells}
    if not priced:
        return
    found = await session.execute(
        text(
            f"SELECT id, currency, {', '.join(_AMOUNTS)} FROM products WHERE id = ANY(CAST(:ids AS bigint[]))"
        ),
        {"ids": list(priced)},
    )
    for held in found:
        row = priced[held.id]
        kept = [
            name
            for name in _AMOUNTS
            if name not in row.cells and name not in row.cleared and getattr(held, name) is not None
        ]
        if kept and held.currency != row.cells["currency"]:
            row.error = _two_currencies(next(name for name in _AMOUNTS if name in row.cells))


async def _check_codes(session: AsyncSession, rows: Sequence[Row]) -> None:
    """A new product has a code of its own: the one given, else its name, with its system where that is taken.

    One statement, or none where no row needs a code.
    """
    new = [row for row in rows if row.error is None and row.id is None]
    told = [row for row in rows if row.error is None and row.id is not None and "code" in row.cells]
    if not new and not told:
        return
    wanted = {row.cells.get("code", row.name and row.name[1]) for row in new} | {
        row.cells["code"] for row in told
    }
    found = await session.execute(
        text("SELECT code, id FROM products WHERE code = ANY(CAST(:codes AS text[]))"),
        {"codes": sorted(code for code in wanted if code is not None)},
    )
    held = {row.code: row.id for row in found}
    for row in told:
        if held.get(row.cells["code"]) != row.id:
            row.error = Unchangeable("code", "code")
    for row in new:
        _give_code(row, held)


def _give_code(row: Row, held: dict[str, int]) -> None:
    assert row.name is not None, "only a row that names a system's product can be new"
    given = row.cells.get("code")
    code = given or row.name[1]
    if given is None and code in held:
        code = ":".join(row.name)
    if code in held:
        row.error = CodeTaken(code, "code")
        return
    held[code] = -1
    row.cells["code"] = code


PRODUCTS = Kind(
    aggregate="product",
    target=PRODUCT,
    master=_MASTER,
    readers={
        "key": read_key,
        "source_version": read_version,
        "code": column("code", words(texts.key, 60), clears=False),
        "name": column("name", words(texts.name), clears=False),
        "english_name": column("english_name", words(texts.name)),
        "category": reference("category", CATEGORY),
        "list_price": _price("list_price"),
        "unit_cost": _price("unit_cost"),
        "active": column("active", clears=False),
        "attributes": _attributes,
        "also_known_as": names.READER,
    },
    needed=("name",),
    parts=(
        Part("attributes", _ATTRIBUTES, {"name": _TEXT, "value": _TEXT}, _write_attributes),
        names.part_of(_MASTER, "intake_product_upsert_names"),
    ),
    check=_check,
    refers={"category": CATEGORY},
)
