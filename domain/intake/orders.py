"""Merging staged order lines into orders: each order is replaced as a multiset of lines.

The same lines in another order are no change; exact duplicates stay. Stored and staged lines are compared by
count and by two sums of 64-bit hashes over each order's lines, which are the same in any order; two different
multisets agree by chance once in 2^128. Comparing sorted lines instead cost three times as much.
"""

from collections.abc import Collection

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.intake.counts import Counts, count_states
from domain.intake.lines import VALUES, Lines, digest, insert_lines, of, replace_lines
from domain.intake.staging import IN_RANGE, LINES, Range

PLAN = "intake_orders_plan"

_TEXT = 'text COLLATE "C"'

PLAN_TABLE = f"""
    CREATE TEMPORARY TABLE IF NOT EXISTS {PLAN} (
        order_id {_TEXT} PRIMARY KEY, id bigint, state text NOT NULL,
        number {_TEXT}, customer_id bigint, branch_id bigint, channel {_TEXT},
        ordered_at timestamptz, currency {_TEXT}
    ) ON COMMIT DELETE ROWS
"""

_LINES = Lines(
    values=VALUES,
    staged=f"""
        SELECT g.id AS order_id, {", ".join(of("l", VALUES, product_id="p.product_id").values())}, l.source, l.line
        FROM {LINES} l
        JOIN {PLAN} g ON g.order_id = l.order_id AND g.state = :state
        LEFT JOIN product_external_ids p ON p.system = :system AND p.external_id = l.product
        WHERE {IN_RANGE.format(key="l.order_id")}
    """,
    replaced=f"SELECT id FROM {PLAN} WHERE state = :state",
)

_ALWAYS = ("number", "ordered_at", "currency")
_WHERE_GIVEN = {"customer": "customer_id", "branch": "branch_id", "channel": "channel"}


def _columns(given: Collection[str]) -> list[str]:
    """The columns of orders that take part: those that are not given are left as they are."""
    return [*_ALWAYS, *(column for staged, column in _WHERE_GIVEN.items() if staged in given)]


async def merge_orders(
    connection: AsyncConnection, *, system: str, given: Collection[str], within: Range, dry_run: bool = False
) -> Counts:
    """The staged orders of the range are here, whole; unchanged ones untouched. At most ten statements.

    `given` names the staged columns that the rows carry. Branches, customers and products must have been merged.
    What is to change is locked and planned again, so that a change made meanwhile is not lost.
    """
    counts = await _plan(connection, system=system, given=given, within=within)
    if dry_run:
        return counts
    if counts.updated:
        await _lock_changed(connection)
        await connection.execute(text(f"DELETE FROM {PLAN}"))
        counts = await _plan(connection, system=system, given=given, within=within)
    if counts.created:
        await _create(connection, system)
        await insert_lines(connection, _LINES, {"system": system, **within.bounds})
    if counts.updated:
        await _update(connection, _columns(given))
        await replace_lines(connection, _LINES, {"system": system, **within.bounds})
    return counts


async def _plan(connection: AsyncConnection, *, system: str, given: Collection[str], within: Range) -> Counts:
    columns = _columns(given)
    differs = " OR ".join(f"o.{column} IS DISTINCT FROM h.{column}" for column in columns)
    await connection.execute(text(_planned(differs)), {"system": system, **within.bounds})
    await connection.execute(text(f"ANALYZE {PLAN}"))
    return await count_states(connection, PLAN)


def _or_unknown(found: str, named: str) -> str:
    """SQL: the id that was found; -1, which differs from every id, for a name that a dry run has not made."""
    return f"CASE WHEN {named} IS NOT NULL THEN coalesce({found}, -1) END"


def _planned(differs: str) -> str:
    staged = digest(of("l", VALUES, product_id=_or_unknown("p.product_id", "l.product")))
    stored = digest(of("l", VALUES))
    return f"""
        INSERT INTO {PLAN} (order_id, id, state, number, customer_id, branch_id, channel, ordered_at, currency)
        WITH staged AS (
            SELECT l.order_id, coalesce(min(l.number), l.order_id) AS number, min(l.customer) AS customer,
                   min(l.branch) AS branch, min(l.channel) AS channel, min(l.ordered_at) AS ordered_at,
                   min(l.currency) AS currency, {staged}
            FROM {LINES} l
            LEFT JOIN product_external_ids p ON p.system = :system AND p.external_id = l.product
            WHERE {IN_RANGE.format(key="l.order_id")}
            GROUP BY l.order_id
        ), headed AS (
            SELECT s.*, {_or_unknown("c.customer_id", "s.customer")} AS customer_id,
                   {_or_unknown("b.id", "s.branch")} AS branch_id
            FROM staged s
            LEFT JOIN customer_external_ids c ON c.system = :system AND c.external_id = s.customer
            LEFT JOIN branches b ON b.code = s.branch
        )
        SELECT h.order_id, o.id,
               CASE WHEN o.id IS NULL THEN 'CREATED'
                    WHEN {differs} THEN 'UPDATED'
                    WHEN (h.lines, h.first, h.second) IS DISTINCT FROM (t.lines, t.first, t.second) THEN 'UPDATED'
                    ELSE 'UNCHANGED' END,
               h.number, h.customer_id, h.branch_id, h.channel, h.ordered_at, h.currency
        FROM headed h
        LEFT JOIN orders o ON o.source_system = :system AND o.source_id = h.order_id
        -- By the index, order by order: a join may choose to read all lines there are, in each range again.
        CROSS JOIN LATERAL (SELECT {stored} FROM order_lines l WHERE l.order_id = o.id) AS t
    """


async def _lock_changed(connection: AsyncConnection) -> None:
    await connection.execute(
        text(f"""
            SELECT o.id FROM orders o WHERE o.id IN (SELECT id FROM {PLAN} WHERE state = 'UPDATED')
            ORDER BY o.id FOR NO KEY UPDATE
        """)
    )


async def _create(connection: AsyncConnection, system: str) -> None:
    await connection.execute(
        text(f"""
            UPDATE {PLAN} SET id = nextval((SELECT pg_get_serial_sequence('orders', 'id')::regclass))
            WHERE state = 'CREATED'
        """)
    )
    await connection.execute(
        text(f"""
            INSERT INTO orders (id, source_system, source_id, number, customer_id, branch_id, channel,
                                ordered_at, currency)
            SELECT id, :system, order_id, number, customer_id, branch_id, channel, ordered_at, currency
            FROM {PLAN} WHERE state = 'CREATED' ORDER BY id
        """),
        {"system": system},
    )


async def _update(connection: AsyncConnection, columns: list[str]) -> None:
    assigned = ", ".join(f"{column} = p.{column}" for column in columns)
    await connection.execute(
        text(f"UPDATE orders o SET {assigned} FROM {PLAN} p WHERE p.id = o.id AND p.state = 'UPDATED'")
    )
