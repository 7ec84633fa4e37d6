"""Upserts of orders with their lines, returns and cancellations among them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from domain import text as texts
from domain.access import Actor
from domain.errors import Invalid
from domain.intake.lines import VALUES, Lines, digest, insert_lines, of, replace_lines
from domain.intake.masters import Beside, Field, Master
from domain.intake.upserts import returns
from domain.intake.upserts.amounts import LARGEST_LINE, PRICE, QUANTITY, SIGNED_PRICE, ZERO
from domain.intake.upserts.form import ON_ROOT, PARTS
from domain.intake.upserts.kinds import Kind, Part
from domain.intake.upserts.references import BRANCH, CURRENCY, CUSTOMER, ORDER, PRODUCT, USER
from domain.intake.upserts.rows import (
    Row,
    column,
    part,
    read_key,
    read_version,
    reference,
    words,
)
from domain.messages import say
from domain.orders.commands import CLOCK_DIFFERENCE
from domain.orders.model import LineKind

_TEXT = 'text COLLATE "C"'
_STAGED_LINES = "intake_order_upsert_lines"
_VALUES = {**VALUES, "booked_at": "'-infinity'"}
MOST_LINES = 10_000
"""Lines of all orders of a call."""

_MASTER = Master(
    staging="intake_order_upserts",
    root="orders",
    external_ids=None,
    key="id",
    fields=(
        Field("number", _TEXT),
        Field("ordered_at", "timestamptz"),
        Field("currency", _TEXT),
        Field("channel", _TEXT),
        *(Field(name, "bigint") for name in ("customer_id", "branch_id", "agent_id", "original_id")),
        Field("cancelled_at", "timestamptz"),
    ),
    made=ON_ROOT,
    parts=(*PARTS, ("has_lines", "")),
    stale="s.stale",
    beside=(
        Beside(
            "lines",
            f"""LEFT JOIN (SELECT l.place, {digest(of("l", _VALUES))} FROM {_STAGED_LINES} l GROUP BY l.place
                ) AS told ON told.place = s.external_id
                CROSS JOIN LATERAL (
                    SELECT {digest(of("l", _VALUES))} FROM order_lines l WHERE l.order_id = s.id
                ) AS held""",
            """s.has_lines IS NOT NULL AND (coalesce(told.lines, 0), told.first, told.second)
                   IS DISTINCT FROM (held.lines, held.first, held.second)""",
        ),
        returns.beside(_STAGED_LINES, Lines(_VALUES, "", "")),
    ),
)

_LINES = Lines(
    values=_VALUES,
    staged=f"""
        SELECT g.id AS order_id, {", ".join(of("l", _VALUES).values())}, 0 AS source, l.number AS line
        FROM {_STAGED_LINES} l JOIN {_MASTER.plan} g ON g.external_id = l.place AND g.outcome = :state
    """,
    replaced=f"SELECT id FROM {_MASTER.plan} WHERE outcome = :state AND has_lines IS NOT NULL",
)


async def _write_lines(connection: AsyncConnection) -> None:
    await insert_lines(connection, _LINES, {})
    await replace_lines(connection, _LINES, {})


def _begins(row: Row, _: Actor) -> None:
    if row.name is not None:
        row.cells.setdefault("number", row.name[1])


_read_lines = part(
    "lines",
    {
        "kind": column("kind", clears=False),
        "product": reference("product", PRODUCT),
        "quantity": column("quantity", QUANTITY, clears=False),
        "unit_price": column("unit_price", SIGNED_PRICE, clears=False),
        "discount": column("discount", SIGNED_PRICE),
        "unit_cost": column("unit_cost", PRICE),
        "booked_at": column("booked_at"),
        "returns": returns.read,
    },
    needed=("quantity", "unit_price"),
)


def _lines(row: Row, value: Any) -> None:
    _read_lines(row, value)
    row.cells["has_lines"] = "given"
    for place, line in enumerate(row.parts["lines"]):
        line.setdefault("kind", LineKind.SALE.value)
        line.setdefault("discount", ZERO)
        _check_line(line, "lines", place)
    returns.gather(row)


def _check_line(line: dict[str, Any], *path: str | int) -> None:
    """The line's amounts fit, and what takes back is negative. Raises Invalid."""
    quantity: Decimal = line["quantity"]
    gross = quantity * line["unit_price"]
    if (
        not -LARGEST_LINE < gross < LARGEST_LINE
        or not -LARGEST_LINE < gross - line["discount"] < LARGEST_LINE
    ):
        raise Invalid(say("quantity times unit price is out of range"), *path, "quantity")
    cost = quantity * (line.get("unit_cost") or ZERO)
    if (
        not -LARGEST_LINE < cost < LARGEST_LINE
        or not -LARGEST_LINE < gross - line["discount"] - cost < LARGEST_LINE
    ):
        raise Invalid(say("quantity times unit cost is out of range"), *path, "unit_cost")
    if line["kind"] in returns.BACK and quantity > 0:
        raise Invalid(
            say(
                "a line of the kind {kind} has a negative quantity, not {quantity}",
                kind=str(line["kind"]),
                quantity=quantity,
            ),
            *path,
            "quantity",
        )


def _settle(row: Row, now: datetime) -> None:
    at = row.cells.get("ordered_at")
    if at is not None and at > now + CLOCK_DIFFERENCE:
        raise Invalid(
            say("{name} {at} lies in the future", name="ordered_at", at=at.isoformat()), "ordered_at"
        )
    if row.id is not None and row.cells.get("original_id") == row.id:
        raise Invalid(say("an order cannot take back from itself"), "original")
    returns.settle(row)


ORDERS = Kind(
    aggregate="order",
    amounts=True,
    target=ORDER,
    master=_MASTER,
    readers={
        "key": read_key,
        "source_version": read_version,
        "number": column("number", words(texts.name), clears=False),
        "ordered_at": column("ordered_at", clears=False),
        "currency": reference("currency", CURRENCY, clears=False, into="currency"),
        "channel": column("channel"),
        "customer": reference("customer", CUSTOMER),
        "branch": reference("branch", BRANCH),
        "agent": reference("agent", USER),
        "original": reference("original", ORDER),
        "cancelled_at": column("cancelled_at"),
        "lines": _lines,
    },
    needed=("ordered_at", "currency"),
    parts=(
        Part(
            "lines",
            _STAGED_LINES,
            {
                "kind": _TEXT,
                "product_id": "bigint",
                "quantity": "numeric(15, 3)",
                "unit_price": "numeric(19, 4)",
                "discount": "numeric(19, 4)",
                "unit_cost": "numeric(19, 4)",
                "booked_at": "timestamptz",
            },
            _write_lines,
        ),
        returns.part_of(_MASTER.plan, _STAGED_LINES, _LINES),
    ),
    scoped=("branch_id", "customer_id", "agent_id"),
    begins=_begins,
    refers={
        "currency": CURRENCY,
        "customer": CUSTOMER,
        "branch": BRANCH,
        "agent": USER,
        "original": ORDER,
        "lines": {"product": PRODUCT},
    },
    settle=_settle,
    check=returns.check,
)


def lines_of(rows: Sequence[Any]) -> int:
    """How many lines the rows of a call have in all."""
    return sum(len(row.get("lines") or ()) for row in rows)
