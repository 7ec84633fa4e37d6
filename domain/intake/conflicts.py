"""Staged orders whose lines contradict each other: they are refused whole, since any half of them would be wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.intake.staging import LINES

_ONE_PER_ORDER = ("customer", "currency", "channel", "branch", "number")


@dataclass(frozen=True)
class Refused:
    """A staged row that was taken out again."""

    source: int
    line: int
    reason: str


async def refuse_contradictions(connection: AsyncConnection) -> Sequence[Refused]:
    """No staged order names two customers, currencies, channels, branches or numbers; the lines of those that did.

    A line that names none contradicts nothing. One statement.
    """
    contradictions = " OR ".join(f"min({column}) <> max({column})" for column in _ONE_PER_ORDER)
    reason = " ".join(
        f"WHEN min({column}) <> max({column}) "
        f"THEN format('the order %s names two values of {column}: %s and %s', order_id, min({column}), max({column}))"
        for column in _ONE_PER_ORDER
    )
    found = await connection.execute(
        text(f"""
            WITH torn AS MATERIALIZED (
                SELECT order_id, CASE {reason} END AS reason
                FROM {LINES} GROUP BY order_id HAVING {contradictions}
            ), gone AS (
                DELETE FROM {LINES} l USING torn WHERE torn.order_id = l.order_id
                RETURNING l.source, l.line, torn.reason
            )
            SELECT source, line, reason FROM gone ORDER BY source, line
        """)
    )
    return [Refused(row.source, row.line, row.reason) for row in found]
