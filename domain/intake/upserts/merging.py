"""Staging the rows of a call, planning what becomes of them, and doing it."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import column, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.access import SYSTEM, Actor
from domain.customers.errors import OutOfSight
from domain.errors import DomainError
from domain.intake import masters
from domain.intake.masters import Master
from domain.intake.staging import create_table
from domain.intake.staging import stage as copy
from domain.intake.statements import text
from domain.intake.upserts import form
from domain.intake.upserts.form import UPSERTS
from domain.intake.upserts.kinds import Kind
from domain.intake.upserts.outcomes import RowStatus
from domain.intake.upserts.rows import Row
from domain.messages import say
from domain.roles import Scope

ANYBODY = SYSTEM
"""Who sees everything."""

_WRITES_VERSION = "g.newer = 'true' AND g.outcome <> 'STALE'"
_STATUSES = {status.value: status for status in RowStatus}
_COUNTS = "num_nonnulls(excluded.number, excluded.at) > 0"


@dataclass
class Merged:
    """What is to become of each row, by its place in the call, and which are refused only now.

    `newer`: what a source says of something is newer than what it said before; `of_known`: of something that is here.
    """

    given: frozenset[str]
    states: dict[int, tuple[RowStatus, int | None]] = field(default_factory=dict)
    newer: bool = False
    of_known: bool = False
    refused: dict[int, DomainError] = field(default_factory=dict)

    def any(self, *statuses: RowStatus) -> bool:
        return not {state for state, _ in self.states.values()}.isdisjoint(statuses)

    @property
    def writes(self) -> bool:
        """Whether something is created or changed."""
        return self.any(RowStatus.CREATED, RowStatus.UPDATED)


async def stage(connection: AsyncConnection, kind: Kind, rows: Sequence[Row]) -> None:
    """The rows and their parts are in their staging tables: of their columns those that a row has. Two statements, and
    one for each kind of part."""
    await _open(connection, kind)
    master = kind.master
    told = form.STAGED.keys() | set[str]().union(*(row.cells for row in rows))
    columns = [name for name in form.table(master) if name in told]
    await copy(connection, master.staging, columns, _csv([_staged(kind, row, columns) for row in rows]))
    for part in kind.parts:
        items = [
            [row.index, number, *(item.get(name) for name in part.columns)]
            for row in rows
            for number, item in enumerate(row.parts.get(part.name, ()))
        ]
        if items:
            await copy(connection, part.table, ["place", "number", *part.columns], _csv(items))


async def _open(connection: AsyncConnection, kind: Kind) -> None:
    """The connection has the temporary tables of this kind. They are empty after each transaction, and have no index:
    emptying one would have every plan of theirs made anew.

    Until the transaction ends no plan is made that reads a whole table of the store, though statistics may say that it
    is small: plans are kept, and the calls of a load make it large before the statistics know.
    """
    known = await connection.scalar(
        text("SELECT to_regclass('pg_temp.' || :name)::text FROM set_config('enable_seqscan', 'off', true)"),
        {"name": kind.master.plan},
    )
    if known is not None:
        return
    for part in kind.parts:
        columns = {"place": 'text COLLATE "C" NOT NULL', "number": "integer NOT NULL", **part.columns}
        await connection.execute(text(create_table(part.table, columns) + " ON COMMIT DELETE ROWS"))
    await connection.execute(
        text(create_table(kind.master.staging, dict(form.table(kind.master))) + " ON COMMIT DELETE ROWS")
    )
    await connection.execute(text(kind.master.plan_table(indexed=False, also=UPSERTS.also)))


def _staged(kind: Kind, row: Row, columns: Sequence[str]) -> list[Any]:
    system, name = row.name or (None, None)
    number, at = (row.version, None) if isinstance(row.version, int) else (None, row.version)
    said = None if row.digest is None else f"\\x{row.digest.hex()}"
    fixed = [row.index, system, name, row.id, number, at, _clears(kind.master, row.cleared), said]
    return [*fixed, *map(row.cells.get, columns[len(fixed) :])]


def _clears(master: Master, cleared: Iterable[str]) -> int:
    return sum(form.bit(master, name) for name in cleared)


def _csv(rows: Iterable[Sequence[Any]]) -> bytes:
    """Null is an empty field; no text that is stored is empty."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue().encode()


async def plan(connection: AsyncConnection, kind: Kind, rows: Sequence[Row], *, actor: Actor) -> Merged:
    """What will become of each staged row. Rows that their writer would not see afterwards are refused, and gone
    from the plan. Two statements; four for those who do not see everything.
    """
    merged = Merged(_given(kind, rows, actor))
    await _plan(connection, kind, merged)
    if kind.target.sees is not None and actor.scope is not Scope.ALL:
        merged.refused = await _out_of_sight(connection, kind, actor)
        for place in merged.refused:
            del merged.states[place]
    return merged


def _given(kind: Kind, rows: Sequence[Row], actor: Actor) -> frozenset[str]:
    columns: set[str] = {name for name, _ in kind.master.parts}
    for row in rows:
        columns |= row.cells.keys() | row.cleared | row.parts.keys()
    return frozenset(columns | set(kind.scoped if actor.scope is not Scope.ALL else ()))


async def _plan(connection: AsyncConnection, kind: Kind, merged: Merged) -> None:
    await masters.fill(
        connection, kind.master, UPSERTS, given=merged.given, values={"aggregate": kind.aggregate}
    )
    await _read(connection, kind, merged)


async def _read(connection: AsyncConnection, kind: Kind, merged: Merged) -> None:
    # As lists of all rows with the same fate: a row each would cost a call of 1,000 five milliseconds.
    found = await connection.execute(
        text(f"""
            SELECT outcome, newer, array_agg(external_id::integer) AS places, array_agg(id) AS ids
            FROM {kind.master.plan} GROUP BY outcome, newer
        """)
    )
    merged.states, merged.newer, merged.of_known = {}, False, False
    for outcome, newer, places, ids in found.all():
        status = _STATUSES[outcome]
        merged.states |= {place: (status, key) for place, key in zip(places, ids, strict=True)}
        counts = newer == "true" and status is not RowStatus.STALE
        merged.newer |= counts
        merged.of_known |= counts and status is not RowStatus.CREATED


async def _out_of_sight(connection: AsyncConnection, kind: Kind, actor: Actor) -> dict[int, DomainError]:
    assert kind.target.sees is not None, "asked only of what not everybody sees"
    planned = table(kind.master.plan, *map(column, ("external_id", "id", "outcome", *kind.scoped))).alias("g")
    hidden = select(planned.c.external_id).where(
        planned.c.outcome.in_(("CREATED", "UPDATED")), kind.target.sees(actor, planned).is_not(True)
    )
    places = [row.external_id for row in await connection.execute(hidden)]
    if places:
        await connection.execute(
            text(f"DELETE FROM {kind.master.plan} WHERE external_id = ANY(CAST(:places AS text[]))"),
            {"places": places},
        )
        await connection.execute(
            text(f"DELETE FROM {kind.master.staging} WHERE external_id = ANY(CAST(:places AS text[]))"),
            {"places": places},
        )
    error = OutOfSight(say("you would not see this {what} yourself", what=kind.target.what), "key")
    return {int(place): error for place in places}


async def write(connection: AsyncConnection, kind: Kind, merged: Merged, rows: Sequence[Row]) -> None:
    """The plan has been carried out, and the rows know what became of them. Nothing is written where nothing changes.

    What is to change is locked and planned again, so that nothing that came meanwhile is undone.
    """
    master = kind.master
    writes = merged.any(RowStatus.UPDATED) or merged.of_known
    if writes and await masters.lock_changed(connection, master, _WRITES_VERSION):
        await connection.execute(text(f"DELETE FROM {master.plan}"))
        await _plan(connection, kind, merged)
    if _lost(rows, merged, exactly=bool(master.new_id)):
        await masters.start_again(connection)
    fields = [each.target for each in master.chosen(merged.given)]
    created = sum(state is RowStatus.CREATED for state, _ in merged.states.values())
    if created:
        free = await masters.create(
            connection, master, UPSERTS, fields=fields, values={"aggregate": kind.aggregate}
        )
        if free < created:
            await masters.start_again(connection)
    if merged.any(RowStatus.UPDATED) and fields:
        await masters.update(connection, master, fields)
    if merged.writes:
        await _write_parts(connection, kind, rows)
    if merged.newer or (merged.writes and any(row.digest is not None for row in rows)):
        await _keep_versions(connection, kind)
    if any(row.digest is not None and merged.states[row.index][0] is RowStatus.UNCHANGED for row in rows):
        await _keep_digests(connection, kind)


def _lost(rows: Sequence[Row], merged: Merged, *, exactly: bool) -> bool:
    """Whether something that was here when the rows were checked is gone; `exactly`: or has come since."""
    return any(
        (row.id is not None and merged.states[row.index][0] is RowStatus.CREATED)
        or (exactly and row.id is None and merged.states[row.index][0] is not RowStatus.CREATED)
        for row in rows
    )


async def _write_parts(connection: AsyncConnection, kind: Kind, rows: Sequence[Row]) -> None:
    for part in kind.parts:
        if any(part.name in row.parts for row in rows):
            await part.write(connection)


async def _keep_versions(connection: AsyncConnection, kind: Kind) -> None:
    """The versions of sources that are newer are kept, and what was said of all that is written. All of it is locked,
    so its version is that of the end."""
    master = kind.master
    await connection.execute(
        text(f"""
            INSERT INTO source_versions AS v (aggregate, system, external_id, number, at, said, root_id, root_version)
            SELECT :aggregate, g.source_system, g.source_name, s.said_number, s.said_at,
                   s.said, CASE WHEN s.said IS NOT NULL THEN r.id END, CASE WHEN s.said IS NOT NULL THEN r.version END
            FROM {master.plan} g
            JOIN {master.staging} s USING (external_id)
            JOIN {master.root} r ON r.id = g.id
            WHERE g.source_name IS NOT NULL
              AND ({_WRITES_VERSION} OR (s.said IS NOT NULL AND g.outcome IN ('CREATED', 'UPDATED')))
            ORDER BY g.source_system, g.source_name
            ON CONFLICT (aggregate, system, external_id) DO UPDATE
            SET number = CASE WHEN {_COUNTS} THEN excluded.number ELSE v.number END,
                at = CASE WHEN {_COUNTS} THEN excluded.at ELSE v.at END,
                said = excluded.said, root_id = excluded.root_id, root_version = excluded.root_version
        """),
        {"aggregate": kind.aggregate},
    )


async def _keep_digests(connection: AsyncConnection, kind: Kind) -> None:
    """What was said of things that it did not change is kept where their source has been heard before: with the version
    that the plan compared, since they are not locked."""
    master = kind.master
    await connection.execute(
        text(f"""
            WITH due AS MATERIALIZED (
                SELECT v.system, v.external_id, s.said, g.id, g.version
                FROM {master.plan} g
                JOIN {master.staging} s USING (external_id)
                JOIN source_versions v
                    ON v.aggregate = :aggregate AND v.system = g.source_system AND v.external_id = g.source_name
                WHERE g.outcome = 'UNCHANGED' AND s.said IS NOT NULL
                  AND (num_nonnulls(s.said_number, s.said_at) = 0
                       OR (v.number, v.at) IS NOT DISTINCT FROM (s.said_number, s.said_at))
                  AND (v.said, v.root_id, v.root_version) IS DISTINCT FROM (s.said, g.id, g.version)
                ORDER BY v.system, v.external_id FOR NO KEY UPDATE OF v
            )
            UPDATE source_versions v SET said = due.said, root_id = due.id, root_version = due.version FROM due
            WHERE v.aggregate = :aggregate AND v.system = due.system AND v.external_id = due.external_id
        """),
        {"aggregate": kind.aggregate},
    )
