"""Merging what orders refer to: customers and products, one row per external id.

An order names its customer and product on every line, at different times, with values that change. The value of a
field is that of the latest line that has one. A value that comes late, from lines older than orders that
are already here, only fills what is empty: so files give the same state in whatever order they come.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.intake.counts import Counts, count_states
from domain.intake.staging import IN_RANGE, Range, create_table


@dataclass(frozen=True)
class Field:
    """A staged column `name` that becomes the root's `column`; `value` is the SQL in between, over the row `g`.

    `empty` is SQL for the value that a new row gets without one, and that counts as none when it is stored.
    """

    name: str
    type: str
    column: str = ""
    value: str = ""
    empty: str = ""

    @property
    def target(self) -> str:
        return self.column or self.name

    @property
    def staged(self) -> str:
        return self.value or f"g.{self.name}"


@dataclass(frozen=True)
class Master:
    """A root with external ids: its tables, its fields, and SQL for whether `g` is older than what is here.

    `parts` are staged columns that are kept beside the root, with SQL for whether `g` brings a new one.
    """

    staging: str
    root: str
    external_ids: str
    key: str
    fields: tuple[Field, ...]
    late: str
    made: tuple[tuple[str, str], ...] = ()
    parts: tuple[tuple[str, str], ...] = ()

    @property
    def plan(self) -> str:
        return f"{self.staging}_plan"

    def plan_table(self) -> str:
        """The statement that makes the plan's temporary table: empty again after each transaction."""
        columns = {
            "external_id": 'text COLLATE "C" PRIMARY KEY',
            "id": "bigint",
            "state": "text NOT NULL",
            **{field.target: field.type for field in self.fields},
            **{part: 'text COLLATE "C"' for part, _ in self.parts},
        }
        return create_table(self.plan, columns) + " ON COMMIT DELETE ROWS"

    def chosen(self, given: Collection[str]) -> list[Field]:
        """The fields that take part: those given, and those that no row may be without."""
        return [field for field in self.fields if field.name in given or field.empty]


def _latest(field: str) -> str:
    order = f"at DESC NULLS LAST, seq DESC NULLS LAST, {field} DESC"
    return f"(array_agg({field} ORDER BY {order}) FILTER (WHERE {field} IS NOT NULL))[1] AS {field}"


def _settled(field: Field) -> str:
    kept = f"nullif(r.{field.target}, {field.empty})" if field.empty else f"r.{field.target}"
    ends = f", {field.empty}" if field.empty else ""
    late = f"coalesce({kept}, {field.staged}{ends})"
    return f"CASE WHEN is_late THEN {late} ELSE coalesce({field.staged}, {kept}{ends}) END AS {field.target}"


def _any(conditions: Sequence[str]) -> str:
    return " OR ".join(f"({condition})" for condition in conditions) or "false"


def _planned(master: Master, given: Collection[str]) -> str:
    """SQL: one row per external id of a range, with its state and the values it is to have."""
    fields = master.chosen(given)
    parts = [(part, is_new) for part, is_new in master.parts if part in given]
    gathered = ", ".join(_latest(name) for name in [*(f.name for f in fields), *(part for part, _ in parts)])
    news = _any([f"{f.staged} IS NOT NULL AND {f.staged} IS DISTINCT FROM r.{f.target}" for f in fields])
    values = ", ".join([*(_settled(field) for field in fields), *(f"g.{part}" for part, _ in parts)])
    changes = _any(
        [
            *(f"s.{f.target} IS DISTINCT FROM r.{f.target}" for f in fields),
            *(is_new.replace("g.", "s.") for _, is_new in parts),
        ]
    )
    columns = [*(field.target for field in fields), *(part for part, _ in parts)]
    return f"""
        INSERT INTO {master.plan} (external_id, id, state, {", ".join(columns)})
        WITH staged AS (
            SELECT external_id, max(at) AS at, {gathered} FROM {master.staging}
            WHERE {IN_RANGE.format(key="external_id")} GROUP BY external_id
        ), settled AS (
            SELECT g.external_id, r.id, {values}
            FROM staged g
            LEFT JOIN {master.external_ids} e ON e.system = :system AND e.external_id = g.external_id
            LEFT JOIN {master.root} r ON r.id = e.{master.key}
            CROSS JOIN LATERAL (
                SELECT CASE WHEN r.id IS NULL OR NOT ({news}) THEN false ELSE {master.late} END AS is_late
            ) AS lateness
        )
        SELECT s.external_id, s.id,
               CASE WHEN s.id IS NULL THEN 'CREATED' WHEN {changes} THEN 'UPDATED' ELSE 'UNCHANGED' END,
               {", ".join(f"s.{column}" for column in columns)}
        FROM settled s LEFT JOIN {master.root} r ON r.id = s.id
    """


async def _lock_changed(connection: AsyncConnection, master: Master) -> bool:
    """The roots that are to be updated are locked, in the order of their ids; whether there are any."""
    locked = await connection.execute(
        text(f"""
            SELECT r.id FROM {master.root} r
            WHERE r.id IN (SELECT id FROM {master.plan} WHERE state = 'UPDATED')
            ORDER BY r.id FOR NO KEY UPDATE
        """)
    )
    return locked.first() is not None


async def plan(
    connection: AsyncConnection, master: Master, *, system: str, given: Collection[str], within: Range
) -> Counts:
    """The plan says what each staged external id of the range will be. Writes nothing else. Two statements."""
    values = {"system": system, **within.bounds}
    await connection.execute(text(_planned(master, given)), values)
    return await count_states(connection, master.plan)


async def apply(
    connection: AsyncConnection, master: Master, *, system: str, given: Collection[str], within: Range
) -> Counts:
    """The plan of the range has been carried out. At most eight statements.

    What is to change is locked and planned again, so that a change made meanwhile is not undone.
    """
    counts = await plan(connection, master, system=system, given=given, within=within)
    if await _lock_changed(connection, master):
        await connection.execute(text(f"DELETE FROM {master.plan}"))
        counts = await plan(connection, master, system=system, given=given, within=within)
    fields = [field.target for field in master.chosen(given)]
    if counts.created:
        await _create(connection, master, system=system, fields=fields)
    if counts.updated:
        await _update(connection, master, fields)
    return counts


async def _create(connection: AsyncConnection, master: Master, *, system: str, fields: list[str]) -> None:
    made = [column for column, _ in master.made]
    columns = ", ".join(["id", *made, *fields])
    values = ", ".join(["g.id", *(value for _, value in master.made), *(f"g.{field}" for field in fields)])
    new = "g.state = 'CREATED' ORDER BY g.id"
    ids = f"nextval(pg_get_serial_sequence('{master.root}', 'id'))"
    await connection.execute(text(f"UPDATE {master.plan} g SET id = {ids} WHERE g.state = 'CREATED'"))
    await connection.execute(
        text(f"INSERT INTO {master.root} ({columns}) SELECT {values} FROM {master.plan} g WHERE {new}"),
        {"system": system} if ":system" in values else {},
    )
    await connection.execute(
        text(f"""
            INSERT INTO {master.external_ids} (system, external_id, {master.key})
            SELECT :system, g.external_id, g.id FROM {master.plan} g WHERE {new}
        """),
        {"system": system},
    )


async def _update(connection: AsyncConnection, master: Master, fields: list[str]) -> None:
    assigned = ", ".join(f"{field} = g.{field}" for field in fields)
    await connection.execute(
        text(f"""
            UPDATE {master.root} r SET {assigned} FROM {master.plan} g
            WHERE g.id = r.id AND g.state = 'UPDATED'
        """)
    )
