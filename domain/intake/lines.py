"""Writing the lines of planned orders: all of a new order's, only the difference of a changed one's."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.intake.staging import IN_RANGE, LINES, Range

LINE_VALUES = "{line}.kind, {product}, {line}.quantity, {line}.unit_price, {line}.discount, {line}.unit_cost"
"""What makes a line the line it is; two with the same values are exact duplicates, and both count."""

_COLUMNS = "kind, product_id, quantity, unit_price, discount, unit_cost"

_STAGED = f"""
    SELECT g.id AS order_id, {LINE_VALUES.format(line="l", product="p.product_id")}, l.source, l.line
    FROM {LINES} l
    JOIN {{plan}} g ON g.order_id = l.order_id AND g.state = :state
    LEFT JOIN product_external_ids p ON p.system = :system AND p.external_id = l.product
    WHERE {IN_RANGE.format(key="l.order_id")}
"""

# A product or a cost may be absent, and absent equals absent; no id is 0 and no cost is NaN.
_SAME = "order_id, kind, coalesce(product_id, 0), quantity, unit_price, discount, coalesce(unit_cost, 'NaN')"

_NTH = f"row_number() OVER (PARTITION BY {_SAME} ORDER BY {{order}}) AS nth"

_MATCH = " AND ".join(
    f"a.{column} = b.{column}" for column in ("order_id", "kind", "quantity", "unit_price", "discount", "nth")
) + (
    " AND coalesce(a.product_id, 0) = coalesce(b.product_id, 0)"
    " AND coalesce(a.unit_cost, 'NaN') = coalesce(b.unit_cost, 'NaN')"
)


async def insert_lines(connection: AsyncConnection, plan: str, *, system: str, within: Range) -> None:
    """The orders that are new have their lines, in the order in which these were staged. One statement."""
    await connection.execute(
        text(f"""
            INSERT INTO order_lines (order_id, position, {_COLUMNS})
            SELECT order_id, row_number() OVER (PARTITION BY order_id ORDER BY source, line) AS position, {_COLUMNS}
            FROM ({_STAGED.format(plan=plan)}) AS staged
            ORDER BY order_id, position
        """),
        {"system": system, "state": "CREATED", **within.bounds},
    )


async def replace_lines(connection: AsyncConnection, plan: str, *, system: str, within: Range) -> None:
    """The orders that change have exactly the staged lines; lines that stay are not touched. Two statements.

    New lines are put behind those that stay.
    """
    compared = f"""
        WITH staged AS MATERIALIZED (
            SELECT s.*, {_NTH.format(order="source, line")} FROM ({_STAGED.format(plan=plan)}) AS s
        ), stored AS MATERIALIZED (
            SELECT l.*, {_NTH.format(order="position")} FROM order_lines l
            WHERE order_id IN (SELECT id FROM {plan} WHERE state = :state)
        )
    """
    values = {"system": system, "state": "UPDATED", **within.bounds}
    await connection.execute(
        text(f"""
            {compared}
            DELETE FROM order_lines WHERE id IN (
                SELECT a.id FROM stored a WHERE NOT EXISTS (SELECT FROM staged b WHERE {_MATCH}))
        """),
        values,
    )
    await connection.execute(
        text(f"""
            {compared}, behind AS (SELECT order_id, max(position) AS position FROM stored GROUP BY order_id)
            INSERT INTO order_lines (order_id, position, {_COLUMNS})
            SELECT a.order_id,
                   coalesce(behind.position, 0)
                       + row_number() OVER (PARTITION BY a.order_id ORDER BY a.source, a.line),
                   {", ".join("a." + column for column in _COLUMNS.split(", "))}
            FROM staged a LEFT JOIN behind USING (order_id)
            WHERE NOT EXISTS (SELECT FROM stored b WHERE {_MATCH})
        """),
        values,
    )
