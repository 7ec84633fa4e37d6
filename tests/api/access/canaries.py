"""Canaries: every text of rows that an actor may not see, whatever table and column it stands in.

A row belongs to the customer whom it names, or whom the row that it is a part of names. It may not be seen if that
customer may not, and if no column of it or of the row above leads to the actor himself or to his branches.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import asyncpg
from sqlalchemy import Column, Table, Text
from sqlalchemy.types import ARRAY

from domain.tables import metadata

CANARY = "KAKADU"

OUTSIDE = {"access_log", "change", "idempotency_records", "import_runs"}
"""Tables that are no business data of a customer."""


@dataclass(frozen=True)
class Seer:
    """Whose rows are his own, for hand-written SQL: `customers` is the condition on customers that he sees."""

    customers: str
    user_id: int | None = None
    branch_ids: tuple[int, ...] = ()

    @property
    def hidden(self) -> str:
        return f"(SELECT id FROM customers WHERE NOT coalesce({self.customers}, false))"


def _references(table: Table, to: str) -> list[str]:
    return [
        column.name for column in table.columns for key in column.foreign_keys if key.column.table.name == to
    ]


def belonging(table: Table, seer: Seer, row: str = "t", *, depth: int = 0) -> str | None:
    """The condition that the row belongs to a hidden customer and is in no way the seer's; None without a customer."""
    conditions = (
        [f"{row}.id IN {seer.hidden}"] if table.name == "customers" else _through(table, seer, row, depth)
    )
    if not conditions:
        return None
    mine = [
        f"{row}.{name} = {seer.user_id}" for name in _references(table, "users") if seer.user_id is not None
    ]
    ours = [
        f"{row}.{name} = ANY(ARRAY{list(seer.branch_ids)}::bigint[])"
        for name in _references(table, "branches")
        if seer.branch_ids
    ]
    his = " OR ".join([*mine, *ours]) or "false"
    return f"({' AND '.join(conditions)}) AND NOT coalesce({his}, false)"


def _through(table: Table, seer: Seer, row: str, depth: int) -> list[str]:
    """Everything that the row is a part of or leads to a customer with is a hidden customer's."""
    found = [f"coalesce({row}.{name} IN {seer.hidden}, true)" for name in _references(table, "customers")]
    named = [f"{row}.{name} IS NOT NULL" for name in _references(table, "customers")]
    for column in table.columns:
        for key in column.foreign_keys:
            above = key.column.table
            if depth > 2 or above.name in {"customers", "users", "branches", table.name}:
                continue
            inner = belonging(above, seer, f"a{depth}", depth=depth + 1)
            if inner is not None:
                found.append(
                    f"({row}.{column.name} IS NULL OR EXISTS (SELECT FROM {above.name} a{depth} "
                    f"WHERE a{depth}.{key.column.name} = {row}.{column.name} AND {inner}))"
                )
                named.append(f"{row}.{column.name} IS NOT NULL")
    return [*found, f"({' OR '.join(named)})"] if found else []


def texts(table: Table) -> Iterator[Column[str]]:
    """Columns of free text: no part of a key and no reference."""
    for column in table.columns:
        free = not (column.primary_key or column.foreign_keys or column.computed)
        if free and isinstance(column.type, Text):
            yield column
        if free and isinstance(column.type, ARRAY) and isinstance(column.type.item_type, Text):
            yield column


async def spread(connection: "asyncpg.Connection[asyncpg.Record]", seer: Seer) -> Sequence[str]:
    """Every hidden row's texts are canaries now; the columns, as "table.column", where there was a hidden row."""
    spread_over: list[str] = []
    async with connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        conditions = {
            table.name: condition
            for table in metadata.sorted_tables
            if table.name not in OUTSIDE and (condition := belonging(table, seer)) is not None
        }
        spread_over.extend(
            [
                f"{table.name}.{column.name}"
                for table in metadata.sorted_tables
                if table.name in conditions
                for column in texts(table)
                if await _marked(connection, table, column, conditions[table.name])
            ]
        )
    return spread_over


async def _marked(
    connection: "asyncpg.Connection[asyncpg.Record]", table: Table, column: Column[str], condition: str
) -> bool:
    """Whether the column takes free text: one that holds a code of a list refuses it."""
    told = f"'{CANARY}-{table.name}-{column.name}-' || md5(t::text)"
    value = f"ARRAY[{told}]" if isinstance(column.type, ARRAY) else told
    try:
        async with connection.transaction():
            done = await connection.execute(
                f'UPDATE {table.name} t SET "{column.name}" = {value} WHERE {condition}'
            )
    except (asyncpg.CheckViolationError, asyncpg.UniqueViolationError):
        return False
    return done != "UPDATE 0"
