"""Upserts of shipments of orders, with what they carry."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain import text as texts
from domain.errors import Invalid
from domain.intake.masters import Beside, Field, Master
from domain.intake.upserts.amounts import QUANTITY
from domain.intake.upserts.form import ON_ROOT, PARTS
from domain.intake.upserts.kinds import Kind, Part
from domain.intake.upserts.references import ORDER, PRODUCT, SHIPMENT, WAREHOUSE
from domain.intake.upserts.rows import Row, column, part, read_key, read_version, reference, words
from domain.messages import say
from domain.orders.commands import CLOCK_DIFFERENCE

_TEXT = 'text COLLATE "C"'
_LINES = "intake_shipment_upsert_lines"

_MASTER = Master(
    staging="intake_shipment_upserts",
    root="shipments",
    external_ids=None,
    key="id",
    fields=(
        Field("order_id", "bigint"),
        Field("warehouse_id", "bigint"),
        Field("carrier", _TEXT),
        Field("tracking", _TEXT),
        Field("state", _TEXT),
        Field("state_at", "timestamptz"),
        Field("booked_at", "timestamptz", empty="g.state_at"),
        Field("shipped_at", "timestamptz", empty="CASE WHEN g.state = 'SHIPPED' THEN g.state_at END"),
        Field("delivered_at", "timestamptz", empty="CASE WHEN g.state = 'DELIVERED' THEN g.state_at END"),
    ),
    made=ON_ROOT,
    parts=(*PARTS, ("has_lines", "")),
    stale="s.stale",
    beside=(
        Beside(
            "lines",
            f"""LEFT JOIN (
                    SELECT k.external_id FROM settled k
                    LEFT JOIN {_LINES} l ON l.place = k.external_id
                    LEFT JOIN shipment_lines h ON h.shipment_id = k.id AND h.product_id = l.product_id
                    WHERE k.has_lines IS NOT NULL
                    GROUP BY k.external_id, k.id
                    HAVING count(l.place) <> count(h.product_id) FILTER (WHERE h.quantity = l.quantity)
                        OR count(l.place) <> (SELECT count(*) FROM shipment_lines o WHERE o.shipment_id = k.id)
                ) AS new_lines ON new_lines.external_id = s.external_id""",
            "new_lines.external_id IS NOT NULL",
        ),
    ),
)


async def _write_lines(connection: AsyncConnection) -> None:
    given = f"""
        {_LINES} l JOIN {_MASTER.plan} g ON g.external_id = l.place AND g.outcome IN ('CREATED', 'UPDATED')
    """
    await connection.execute(
        text(f"""
            DELETE FROM shipment_lines h USING {_MASTER.plan} p
            WHERE h.shipment_id = p.id AND p.outcome = 'UPDATED' AND p.has_lines IS NOT NULL
              AND NOT EXISTS (SELECT FROM {given} WHERE g.id = h.shipment_id AND l.product_id = h.product_id)
        """)
    )
    await connection.execute(
        text(f"""
            INSERT INTO shipment_lines (shipment_id, product_id, quantity)
            SELECT g.id, l.product_id, l.quantity FROM {given} ORDER BY g.id, l.product_id
            ON CONFLICT (shipment_id, product_id) DO UPDATE SET quantity = excluded.quantity
            WHERE shipment_lines.quantity <> excluded.quantity
        """)
    )


_read_lines = part(
    "lines",
    {
        "product": reference("product", PRODUCT, clears=False),
        "quantity": column("quantity", QUANTITY, clears=False),
    },
    needed=("quantity",),
)


def _lines(row: Row, value: Any) -> None:
    _read_lines(row, value)
    row.cells["has_lines"] = "given"
    for place, line in enumerate(row.parts["lines"]):
        if line["quantity"] <= 0:
            raise Invalid(
                say("the quantity {value} is not above 0", value=line["quantity"]), "lines", place, "quantity"
            )


def _settle(row: Row, now: datetime) -> None:
    if ("state" in row.cells) != ("state_at" in row.cells):
        missing = "state_at" if "state" in row.cells else "state"
        raise Invalid(
            say("a state and the time it was reached are told together: {name} is missing", name=missing),
            missing,
        )
    if "state_at" in row.cells and row.cells["state_at"] > now + CLOCK_DIFFERENCE:
        at = row.cells["state_at"].isoformat()
        raise Invalid(say("{name} {at} lies in the future", name="state_at", at=at), "state_at")
    seen: set[int] = set()
    for place, line in enumerate(row.parts.get("lines", ())):
        if line["product_id"] in seen:
            raise Invalid(say("this product is given twice"), "lines", place, "product")
        seen.add(line["product_id"])


SHIPMENTS = Kind(
    aggregate="shipment",
    target=SHIPMENT,
    master=_MASTER,
    readers={
        "key": read_key,
        "source_version": read_version,
        "order": reference("order", ORDER, clears=False),
        "warehouse": reference("warehouse", WAREHOUSE),
        "carrier": column("carrier", words(texts.name, 100)),
        "tracking": column("tracking", words(texts.key, 100)),
        "state": column("state", clears=False),
        "state_at": column("state_at", clears=False),
        "booked_at": column("booked_at", clears=False),
        "shipped_at": column("shipped_at"),
        "delivered_at": column("delivered_at"),
        "lines": _lines,
    },
    needed=("order_id", "state", "state_at"),
    parts=(Part("lines", _LINES, {"product_id": "bigint", "quantity": "numeric(15, 3)"}, _write_lines),),
    scoped=("order_id",),
    settle=_settle,
)
