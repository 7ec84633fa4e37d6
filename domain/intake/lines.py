"""Writing the lines of planned orders: all of a new order's, only the difference of a changed one's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

VALUES: Mapping[str, str | None] = {
    "kind": None,
    "product_id": "0",
    "quantity": None,
    "unit_price": None,
    "discount": None,
    "unit_cost": "'NaN'",
}
"""What makes a line the line it is, and SQL for what no value equals where it may be absent: absent equals absent.
Two lines with the same values are exact duplicates, and both count."""


SIGNED = ("quantity", "unit_price", "discount", "unit_cost")


@dataclass(frozen=True)
class Lines:
    """How lines are staged: `values` as in VALUES, `staged` is SQL of lines of planned orders in the state `:state`,
    with order_id, these columns, source and line; `replaced` is SQL of the ids of orders whose lines they replace.
    """

    values: Mapping[str, str | None]
    staged: str
    replaced: str

    @property
    def columns(self) -> str:
        return ", ".join(self.values)

    def _same(self, line: str, column: str) -> str:
        absent = self.values.get(column)
        return f"coalesce({line}.{column}, {absent})" if absent else f"{line}.{column}"

    def nth(self, line: str, order: str) -> str:
        """SQL: the how-manieth this line is of those of its order that are the same."""
        same = ", ".join(self._same(line, column) for column in ("order_id", *self.values))
        return f"row_number() OVER (PARTITION BY {same} ORDER BY {order}) AS nth"

    def match(self) -> str:
        """SQL: the lines `a` and `b` are the same, each as often as the other."""
        columns = ("order_id", *self.values, "nth")
        return " AND ".join(f"{self._same('a', column)} = {self._same('b', column)}" for column in columns)


def digest(values: Mapping[str, str]) -> str:
    """SQL: what a multiset of lines is known by, given the SQL of each of VALUES.

    A record's hash is a weighted sum of its fields' hashes, so sums of those alone would not see two lines swap their
    products: each is hashed once more. Postgres' hash of a number leaves out its sign, so the signs stand beside.
    """
    row = ", ".join([*values.values(), *(f"{values[column]} < 0" for column in SIGNED)])
    return f"""count(*) AS lines,
               sum(hashint8extended(hash_record_extended(ROW({row}), 0), 0)) AS first,
               sum(hashint8extended(hash_record_extended(ROW({row}), 1), 1)) AS second"""


def of(line: str, values: Mapping[str, str | None], **others: str) -> dict[str, str]:
    """SQL of each value of the line: its column, or what `others` say."""
    return {column: others.get(column, f"{line}.{column}") for column in values}


async def insert_lines(connection: AsyncConnection, lines: Lines, values: Mapping[str, Any]) -> None:
    """The orders that are new have their lines, in the order in which these were staged. One statement."""
    await connection.execute(
        text(f"""
            INSERT INTO order_lines (order_id, position, {lines.columns})
            SELECT order_id, row_number() OVER (PARTITION BY order_id ORDER BY source, line) AS position,
                   {lines.columns}
            FROM ({lines.staged}) AS staged
            ORDER BY order_id, position
        """),
        {**values, "state": "CREATED"},
    )


async def replace_lines(connection: AsyncConnection, lines: Lines, values: Mapping[str, Any]) -> None:
    """The orders that change have exactly the staged lines; lines that stay are not touched. Two statements.

    New lines are put behind those that stay.
    """
    compared = f"""
        WITH staged AS MATERIALIZED (
            SELECT s.*, {lines.nth("s", "source, line")} FROM ({lines.staged}) AS s
        ), stored AS MATERIALIZED (
            SELECT l.*, {lines.nth("l", "position")} FROM order_lines l
            WHERE order_id IN ({lines.replaced})
        )
    """
    told = {**values, "state": "UPDATED"}
    await connection.execute(
        text(f"""
            {compared}
            DELETE FROM order_lines WHERE id IN (
                SELECT a.id FROM stored a WHERE NOT EXISTS (SELECT FROM staged b WHERE {lines.match()}))
        """),
        told,
    )
    await connection.execute(
        text(f"""
            {compared}, behind AS (SELECT order_id, max(position) AS position FROM stored GROUP BY order_id)
            INSERT INTO order_lines (order_id, position, {lines.columns})
            SELECT a.order_id,
                   coalesce(behind.position, 0)
                       + row_number() OVER (PARTITION BY a.order_id ORDER BY a.source, a.line),
                   {", ".join(f"a.{column}" for column in lines.values)}
            FROM staged a LEFT JOIN behind USING (order_id)
            WHERE NOT EXISTS (SELECT FROM stored b WHERE {lines.match()})
        """),
        told,
    )
