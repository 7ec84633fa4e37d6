"""Further names that other systems have for what a row is about: added, never taken away."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.access import SYSTEM
from domain.intake.masters import Beside, Master
from domain.intake.statements import text
from domain.intake.upserts.kinds import Part
from domain.intake.upserts.outcomes import NameTaken
from domain.intake.upserts.references import Target, find
from domain.intake.upserts.rows import Reader, Row, checked_name, part

FIELD = "also_known_as"
_TEXT = 'text COLLATE "C"'


def _read(name: str) -> Reader:
    def reader(row: Row, value: Any) -> None:
        row.cells[name] = value

    return reader


def _reader(row: Row, value: Any) -> None:
    part(FIELD, {"system": _read("system"), "id": _read("id")})(row, value)
    for place, each in enumerate(row.parts[FIELD]):
        each["system"], each["id"] = checked_name((each["system"], each["id"]), FIELD, place)


READER: Reader = _reader


def beside(table: str, key: str, staged: str) -> Beside:
    """A further name that the root does not have makes its row a change."""
    return Beside(
        FIELD,
        f"""LEFT JOIN (SELECT DISTINCT c.place FROM {staged} c JOIN settled k ON k.external_id = c.place
                       LEFT JOIN {table} e ON e.system = c.system AND e.external_id = c.id
                       WHERE k.id IS NOT NULL AND e.{key} IS DISTINCT FROM k.id
            ) AS new_names ON new_names.place = s.external_id""",
        "new_names.place IS NOT NULL",
    )


def part_of(master: Master, staged: str) -> Part:
    """The part that holds further names."""

    async def write(connection: AsyncConnection) -> None:
        await connection.execute(
            text(f"""
                INSERT INTO {master.external_ids} (system, external_id, {master.key})
                SELECT c.system, c.id, g.id
                FROM {staged} c
                JOIN {master.plan} g ON g.external_id = c.place AND g.outcome IN ('CREATED', 'UPDATED')
                ORDER BY c.system, c.id
                ON CONFLICT DO NOTHING
            """)
        )

    return Part(FIELD, staged, {"system": _TEXT, "id": _TEXT}, write)


async def check(session: AsyncSession, rows: Sequence[Row], target: Target) -> None:
    """No further name belongs to another one, in the store or in the call. None or one statement."""
    named = [row for row in rows if FIELD in row.parts]
    if not named:
        return
    wanted = {(each["system"], each["id"]) for row in named for each in row.parts[FIELD]}
    here = await find(session, target, wanted, actor=SYSTEM)
    first: dict[Any, int] = {row.name: row.index for row in rows if row.name is not None}
    for row in named:
        for place, each in enumerate(row.parts[FIELD]):
            name = each["system"], each["id"]
            held = here.get(name)
            if (held is not None and held != row.id) or first.setdefault(name, row.index) != row.index:
                row.error = NameTaken(*name, FIELD, place)
