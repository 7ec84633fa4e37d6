"""Lines of upserted orders that say which line they take back: of a stored order, or of a new one of the same call.

A line is known by its order and its position in it, as `returnLines` has it; lines of a new order have the positions
1, 2 and so on, as they are given. What a line takes back does not make it another line: lines are compared without it
first.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.errors import Conflict, Invalid
from domain.intake.lines import Lines
from domain.intake.masters import Beside
from domain.intake.upserts.kinds import Part
from domain.intake.upserts.references import ORDER, Reference
from domain.intake.upserts.rows import Row
from domain.messages import say
from domain.orders.model import LineKind

FIELD = "returns"
STAGED = "intake_order_upsert_returns"
BACK = frozenset({LineKind.RETURN.value, LineKind.CANCELLATION.value})
NONE = 0
"""The position that says that the line takes nothing back any more."""


def read(item: Row, value: Mapping[str, Any] | None) -> None:
    """The line says which one it takes back: of its own order, where it names none."""
    if value is None:
        item.cells[FIELD] = {"position": NONE, "order_id": None}
        return
    cells = {"position": value["position"]}
    if value["position"] < 1:
        raise Invalid(say("the positions of lines begin at 1"), FIELD, "position")
    order = value.get("order")
    if isinstance(order, Invalid):
        raise order
    if order is not None:
        item.references.append(
            Reference(cells, "order_id", ORDER, order, (FIELD, "order"), within="in_place")
        )
    item.cells[FIELD] = cells


def gather(row: Row) -> None:
    """What the lines take back is a part of its own."""
    found = []
    for place, line in enumerate(row.parts["lines"]):
        if FIELD in line:
            if line["kind"] not in BACK:
                told = say("a line of the kind {kind} takes nothing back", kind=str(line["kind"]))
                raise Invalid(told, "lines", place, FIELD)
            cells = line.pop(FIELD)
            cells["line"] = place
            found.append(cells)
    if found:
        row.parts[FIELD] = found


def settle(row: Row) -> None:
    """Lines that name no order take back from their own."""
    for each in row.parts.get(FIELD, ()):
        if "order_id" not in each and "in_place" not in each:
            each["order_id" if row.id is not None else "in_place"] = row.id or row.index


async def check(session: AsyncSession, rows: Sequence[Row]) -> None:
    """Each line that is taken back is there, or is to be, or the row has the error. None or one statement."""
    given = [row for row in rows if row.error is None and FIELD in row.parts]
    if not given:
        return
    stored = await _stored(
        session, [each for row in given for each in row.parts[FIELD] if each.get("order_id")]
    )
    new = {row.index: row for row in rows if row.id is None}
    refused = True
    while refused:  # a row that is refused takes its lines from those that name them
        refused = False
        for row in given:
            if row.error is None and (wrong := _missing(row, stored, new)) is not None:
                row.error, refused = wrong, True


async def _stored(session: AsyncSession, named: Sequence[dict[str, Any]]) -> set[tuple[int, int]]:
    """Those of the lines that are there, with goods to take back."""
    if not named:
        return set()
    found = await session.execute(
        text("""
            SELECT l.order_id, l.position
            FROM unnest(CAST(:ids AS bigint[]), CAST(:positions AS integer[])) AS k(order_id, position)
            JOIN order_lines l USING (order_id, position)
            WHERE l.kind <> ALL (CAST(:back AS text[]))
        """),
        {
            "ids": [each["order_id"] for each in named],
            "positions": [each["position"] for each in named],
            "back": sorted(BACK),
        },
    )
    return {(line.order_id, line.position) for line in found}


def _missing(row: Row, stored: set[tuple[int, int]], new: Mapping[int, Row]) -> Invalid | None:
    for each in row.parts[FIELD]:
        if each["position"] == NONE:
            continue
        if "in_place" in each:
            other = new.get(each["in_place"])
            here = other is not None and other.error is None and _brings(other, each["position"])
        else:
            here = (each["order_id"], each["position"]) in stored
        if not here:
            told = say("the order has no line {position} to take back", position=each["position"])
            return Invalid(told, "lines", each["line"], FIELD, "position")
    return None


def _brings(row: Row, position: int) -> bool:
    lines = row.parts.get("lines", ())
    return 1 <= position <= len(lines) and lines[position - 1]["kind"] not in BACK


def _matched(lines: str, values: Lines, orders: str) -> str:
    """SQL: staged lines that say what they take back, with the stored ones that they are; `orders` are the place and
    the id of each order."""
    return f"""
        (SELECT a.order_id, a.place, b.id, b.returned_line_id, a.c_order_id AS order_of, a.in_place, a.back_position
         FROM (SELECT l.*, r.order_id AS c_order_id, r.in_place, r.position AS back_position,
                      {values.nth("l", "r.order_id, r.in_place, r.position, l.number")}
               FROM (SELECT l.*, k.id AS order_id FROM {lines} l JOIN ({orders}) k ON k.place = l.place) l
               LEFT JOIN {STAGED} r ON r.place = l.place AND r.line = l.number) a
         JOIN (SELECT l.*, {values.nth("l", "back.order_id, back.position, l.position")}
               FROM order_lines l LEFT JOIN order_lines back ON back.id = l.returned_line_id
               WHERE l.order_id IN (SELECT k.id FROM ({orders}) k)) b ON {values.match()}
         WHERE a.back_position IS NOT NULL)
    """


def beside(lines: str, values: Lines) -> Beside:
    """A line that takes back another one than before makes its order a change."""
    orders = f"""SELECT external_id AS place, id FROM settled
                 WHERE id IS NOT NULL AND external_id IN (SELECT place FROM {STAGED})"""
    return Beside(
        FIELD,
        f"""LEFT JOIN (SELECT DISTINCT m.place FROM {_matched(lines, values, orders)} m
                       WHERE m.returned_line_id IS DISTINCT FROM (
                           SELECT b.id FROM order_lines b
                           WHERE b.order_id = m.order_of AND b.position = m.back_position)
            ) AS new_returns ON new_returns.place = s.external_id""",
        "new_returns.place IS NOT NULL",
    )


def part_of(plan: str, lines: str, values: Lines) -> Part:
    """The part that is written behind the lines. What is gone by then stops the whole call."""
    orders = f"""SELECT external_id AS place, id FROM {plan} WHERE outcome IN ('CREATED', 'UPDATED')
                 AND external_id IN (SELECT place FROM {STAGED})"""

    async def write(connection: AsyncConnection) -> None:
        found = await connection.execute(
            text(f"""
                WITH wanted AS MATERIALIZED (
                    SELECT m.id, m.place, m.returned_line_id, m.back_position AS position, (
                        SELECT b.id FROM order_lines b
                        WHERE b.position = m.back_position AND b.order_id = coalesce(m.order_of, (
                            SELECT p.id FROM {plan} p WHERE p.external_id = m.in_place AND p.outcome = 'CREATED'))
                    ) AS back
                    FROM {_matched(lines, values, orders)} m
                ), changed AS (
                    UPDATE order_lines l SET returned_line_id = w.back FROM wanted w
                    WHERE l.id = w.id AND w.back IS DISTINCT FROM w.returned_line_id
                )
                SELECT min(place::integer) FROM wanted WHERE back IS NULL AND position > 0
            """)
        )
        lost = found.scalar()
        if lost is not None:
            told = say(
                "row {row}: a line that it takes back is not there any more once its order is as given",
                row=lost,
            )
            raise Conflict(told, "rows", lost, "lines")

    columns = {"line": "integer", "order_id": "bigint", "in_place": 'text COLLATE "C"', "position": "integer"}
    return Part(FIELD, STAGED, columns, write)
