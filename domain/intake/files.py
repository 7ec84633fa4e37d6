"""What staged rows of files mean: many lines name one customer or product, at different times.

An order names its customer and product on every line, at different times, with values that change. The value of a
field is that of the latest line that has one. A value that comes late, from lines older than orders that
are already here, only fills what is empty: so files give the same state in whatever order they come.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.intake import masters
from domain.intake.counts import Counts
from domain.intake.masters import Field, Form, Master
from domain.intake.staging import IN_RANGE, Range


def _latest(field: str) -> str:
    order = f"at DESC NULLS LAST, seq DESC NULLS LAST, {field} DESC"
    return f"(array_agg({field} ORDER BY {order}) FILTER (WHERE {field} IS NOT NULL))[1] AS {field}"


def _staged(master: Master, columns: Sequence[str]) -> str:
    gathered = "".join(f", {_latest(column)}" for column in columns)
    return f"""SELECT external_id, max(at) AS at{gathered} FROM {master.staging}
               WHERE {IN_RANGE.format(key="external_id")} GROUP BY external_id"""


def _found(master: Master, news: str) -> str:
    return f"""
        LEFT JOIN {master.external_ids} e ON e.system = :system AND e.external_id = g.external_id
        LEFT JOIN {master.root} r ON r.id = e.{master.key}
        CROSS JOIN LATERAL (
            SELECT CASE WHEN r.id IS NULL OR NOT ({news}) THEN false ELSE {master.late} END AS is_late
        ) AS lateness
    """


def _settled(_: Master, field: Field) -> str:
    kept = f"nullif(r.{field.target}, {field.empty})" if field.empty else f"r.{field.target}"
    ends = f", {field.empty}" if field.empty else ""
    late = f"coalesce({kept}, {field.staged}{ends})"
    return f"CASE WHEN is_late THEN {late} ELSE coalesce({field.staged}, {kept}{ends}) END"


FILES = Form(staged=_staged, found=_found, settled=_settled, named=(":system", "g.external_id"))


async def _nothing() -> None:
    """Nothing stands beside the rows."""


async def plan(
    connection: AsyncConnection, master: Master, *, system: str, given: Collection[str], within: Range
) -> Counts:
    """The plan says what each staged external id of the range will be. Writes nothing else. Two statements."""
    return await masters.plan(
        connection, master, FILES, given=given, values={"system": system, **within.bounds}
    )


async def apply(
    connection: AsyncConnection,
    master: Master,
    *,
    system: str,
    given: Collection[str],
    within: Range,
    beside: Callable[[], Awaitable[None]] = _nothing,
) -> Counts:
    """The plan of the range has been carried out. At most eight statements.

    What is to change is locked and planned again, so that a change made meanwhile is not undone. `beside` is called
    before each plan: it stages what stands in tables of its own.
    """
    values = {"system": system, **within.bounds}
    await beside()
    counts = await masters.plan(connection, master, FILES, given=given, values=values)
    if await masters.lock_changed(connection, master):
        await beside()
        counts = await masters.replan(connection, master, FILES, given=given, values=values)
    fields = [field.target for field in master.chosen(given)]
    if counts.created:
        free = await masters.create(connection, master, FILES, fields=fields, values=values)
        if free < counts.created:
            await masters.start_again(connection)
    if counts.updated:
        await masters.update(connection, master, fields)
    return counts
