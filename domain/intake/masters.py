"""Merging roots that other systems name: one row of a plan per staged name, then what the plan says.

What a staged row means depends on where it comes from: a `Form` is the SQL of that. Of files (`files`) a name stands on
many lines, and a missing value says nothing; of an upsert (`upserts`) each row stands for itself, and null clears.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.intake.counts import Counts, count_states
from domain.intake.staging import create_table
from domain.intake.statements import text

_TEXT = 'text COLLATE "C"'


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
class Beside:
    """What belongs to a root and is staged in a table of its own, where `name` is given: SQL that joins it to the
    settled rows `s`, and SQL over the two for whether it makes the row a change.
    """

    name: str
    joined: str
    changes: str


@dataclass(frozen=True)
class Master:
    """A root that other systems name: its tables, its fields, and SQL for whether `g` is older than what is here.

    `external_ids` is the table of the names, whose `key` leads to the root; where there is none, the names stand on
    the root itself. `alone`: of the root nothing but its id is unique. `parts` are staged columns that go into the plan
    and belong to no column of the root, with SQL for whether `g` brings a new one. `stale`: SQL for whether the row `s`
    is older than the root `r`. `new_id`: SQL of the id of a new one over the settled row `s`, where it was given
    beforehand.
    """

    staging: str
    root: str
    external_ids: str | None
    key: str
    fields: tuple[Field, ...]
    late: str = "false"
    made: tuple[tuple[str, str], ...] = ()
    parts: tuple[tuple[str, str], ...] = ()
    beside: tuple[Beside, ...] = ()
    stale: str = ""
    new_id: str = ""
    alone: bool = False

    @property
    def plan(self) -> str:
        return f"{self.staging}_plan"

    def plan_table(self, *, indexed: bool = True, also: Mapping[str, str] | None = None) -> str:
        """The statement that makes the plan's temporary table: empty again after each transaction. `also` are further
        columns and their types."""
        columns = {
            "external_id": f"{_TEXT} PRIMARY KEY" if indexed else _TEXT,
            "id": "bigint",
            "outcome": "text NOT NULL",
            **{field.target: field.type for field in self.fields},
            **{part: _TEXT for part, _ in self.parts},
            **(also or {}),
        }
        return create_table(self.plan, columns) + " ON COMMIT DELETE ROWS"

    def chosen(self, given: Collection[str]) -> list[Field]:
        """The fields that take part: those given, and those that no row may be without."""
        return [field for field in self.fields if field.name in given or field.empty]

    def chosen_parts(self, given: Collection[str]) -> list[tuple[str, str]]:
        """The parts that take part."""
        return [(part, is_new) for part, is_new in self.parts if part in given]


@dataclass(frozen=True)
class Form:
    """The SQL of what a staged row means.

    `staged` gives one row a name with the columns asked for; `found` joins the root `r` to the rows `g`; `settled`
    is the value that a field is to have, over `g` and `r`; `named` are the system and the name, over the plan `g`;
    `also` are columns of the root as it stands that the plan has too, with their types. `numbers`: what is new has
    its id in the plan already.
    """

    staged: Callable[[Master, Sequence[str]], str]
    found: Callable[[Master, str], str]
    settled: Callable[[Master, Field], str]
    named: tuple[str, str]
    also: Mapping[str, str] = field(default_factory=dict)
    numbers: bool = False


def either(conditions: Sequence[str]) -> str:
    """SQL: one of the conditions holds; false for none."""
    return " OR ".join(f"({condition})" for condition in conditions) or "false"


def _next_id(master: Master) -> str:
    # In a query of its own the sequence is looked up once, else for each row.
    return f"nextval((SELECT pg_get_serial_sequence('{master.root}', 'id')::regclass))"


def _id(master: Master, form: Form) -> str:
    return f"coalesce(s.id, {master.new_id or _next_id(master)})" if form.numbers else "s.id"


def _planned(master: Master, form: Form, given: Collection[str]) -> str:
    """SQL: one row per name, with its state and the values it is to have."""
    fields, parts = master.chosen(given), master.chosen_parts(given)
    beside = [each for each in master.beside if each.name in given]
    news = either([f"{f.staged} IS NOT NULL AND {f.staged} IS DISTINCT FROM r.{f.target}" for f in fields])
    values = "".join(
        [
            *(f", {form.settled(master, field)} AS {field.target}" for field in fields),
            *(f", g.{part}" for part, _ in parts),
        ]
    )
    changes = either(
        [
            *(f"s.{f.target} IS DISTINCT FROM r.{f.target}" for f in fields),
            *(is_new.replace("g.", "s.") for _, is_new in parts if is_new),
            *(each.changes for each in beside),
        ]
    )
    columns = [*(field.target for field in fields), *(part for part, _ in parts)]
    told = [*(f"s.{column}" for column in columns), *(f"r.{column}" for column in form.also)]
    stale = f"WHEN {master.stale} THEN 'STALE'" if master.stale else ""
    return f"""
        INSERT INTO {master.plan} ({", ".join(["external_id", "id", "outcome", *columns, *form.also])})
        WITH staged AS (
            {form.staged(master, [*(f.name for f in fields), *(part for part, _ in parts)])}
        ), settled AS (
            SELECT g.external_id, r.id{values}
            FROM staged g {form.found(master, news)}
        )
        SELECT s.external_id, {_id(master, form)},
               CASE WHEN s.id IS NULL THEN 'CREATED' {stale} WHEN {changes} THEN 'UPDATED' ELSE 'UNCHANGED' END
               {"".join(f", {value}" for value in told)}
        FROM settled s LEFT JOIN {master.root} r ON r.id = s.id {" ".join(each.joined for each in beside)}
    """


async def lock_changed(connection: AsyncConnection, master: Master, *also: str) -> bool:
    """The roots that are to be updated are locked, in the order of their ids; whether there are any.

    So are those of which a condition of `also` holds, over the plan `g`.
    """
    which = either(["g.outcome = 'UPDATED'", *also])
    locked = await connection.execute(
        text(f"""
            SELECT r.id FROM {master.root} r
            WHERE r.id IN (SELECT g.id FROM {master.plan} g WHERE {which})
            ORDER BY r.id FOR NO KEY UPDATE
        """)
    )
    return locked.first() is not None


async def fill(
    connection: AsyncConnection, master: Master, form: Form, *, given: Collection[str], values: dict[str, Any]
) -> None:
    """The plan says what each staged name will be. Writes nothing else. One statement."""
    await connection.execute(text(_planned(master, form, given)), values)


async def plan(
    connection: AsyncConnection, master: Master, form: Form, *, given: Collection[str], values: dict[str, Any]
) -> Counts:
    """The plan is filled; what it says. Two statements."""
    await fill(connection, master, form, given=given, values=values)
    return await count_states(connection, master.plan, "outcome")


async def replan(
    connection: AsyncConnection,
    master: Master,
    form: Form,
    *,
    given: Collection[str],
    values: dict[str, Any],
) -> Counts:
    """The plan is made anew, of what stands now. Three statements."""
    await connection.execute(text(f"DELETE FROM {master.plan}"))
    return await plan(connection, master, form, given=given, values=values)


async def create(
    connection: AsyncConnection,
    master: Master,
    form: Form,
    *,
    fields: Sequence[str],
    values: dict[str, Any],
) -> int:
    """The planned roots that are new are here, with their names. How many names were free: those of others that came
    first are not taken. At most three statements.
    """
    made = [column for column, _ in master.made]
    columns = ", ".join(["id", *made, *fields])
    told = ", ".join(["g.id", *(value for _, value in master.made), *(f"g.{field}" for field in fields)])
    new = "g.outcome = 'CREATED' ORDER BY g.id"
    if not form.numbers:
        await connection.execute(
            text(f"UPDATE {master.plan} g SET id = {_next_id(master)} WHERE g.outcome = 'CREATED'")
        )
    # Looking for conflicts takes a twentieth of the time of new customers, whose ids, of the sequence, are nobody's.
    rows = await connection.execute(
        text(f"""
            INSERT INTO {master.root} ({columns}) SELECT {told} FROM {master.plan} g WHERE {new}
            {"" if master.alone else "ON CONFLICT DO NOTHING"}
        """),
        {name: value for name, value in values.items() if f":{name}" in told},
    )
    if master.external_ids is None:
        return rows.rowcount
    system, name = form.named
    named = await connection.execute(
        text(f"""
            INSERT INTO {master.external_ids} (system, external_id, {master.key})
            SELECT {system}, {name}, g.id FROM {master.plan} g WHERE {new}
            ON CONFLICT DO NOTHING
        """),
        {key: value for key, value in values.items() if f":{key}" in system},
    )
    return min(rows.rowcount, named.rowcount)


async def update(connection: AsyncConnection, master: Master, fields: Sequence[str]) -> None:
    """The planned roots that change have their planned values. One statement."""
    assigned = ", ".join(f"{field} = g.{field}" for field in fields)
    await connection.execute(
        text(f"""
            UPDATE {master.root} r SET {assigned} FROM {master.plan} g
            WHERE g.id = r.id AND g.outcome = 'UPDATED'
        """)
    )


async def start_again(connection: AsyncConnection) -> None:
    """Raises what makes the transaction run again from its start: others took a name while this one worked."""
    await connection.execute(
        text("DO $$ BEGIN RAISE EXCEPTION 'others were first' USING ERRCODE = '40001'; END $$")
    )
