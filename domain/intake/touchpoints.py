"""Merging staged touchpoints: append only, and the same id of the same system twice is one touchpoint."""

from collections.abc import Collection

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.intake.counts import Counts
from domain.intake.staging import IN_RANGE, TOUCHPOINTS, Range

_STAGED = f"""
    SELECT DISTINCT ON (source_id) * FROM {TOUCHPOINTS}
    WHERE {IN_RANGE.format(key="source_id")}
    ORDER BY source_id, source, line
"""

_IS_HERE = """EXISTS (SELECT FROM touchpoints t
              WHERE t.source_system = :system AND t.source_id = s.source_id)"""


async def merge_touchpoints(
    connection: AsyncConnection, *, system: str, given: Collection[str], within: Range, dry_run: bool = False
) -> Counts:
    """The staged touchpoints of the range are here; those that were are left as they are. Two statements.

    Of rows with the same id the first counts. Branches and customers must have been merged.
    """
    values = {"system": system, **within.bounds}
    row = (
        await connection.execute(
            text(f"""
                SELECT count(*) FILTER (WHERE {_IS_HERE}) AS here, count(*) AS staged FROM ({_STAGED}) AS s
            """),
            values,
        )
    ).one()
    if not dry_run and row.here < row.staged:
        await connection.execute(text(_insert(given)), values)
    return Counts(created=row.staged - row.here, unchanged=row.here)


def _insert(given: Collection[str]) -> str:
    plain = [
        name
        for name in ("visitor_id", "subject", "note", "outcome", "duration_seconds", "rating")
        if name in given
    ]
    columns = "".join(f", {name}" for name in plain)
    values = "".join(f", s.{name}" for name in plain)
    return f"""
        INSERT INTO touchpoints (source_system, source_id, occurred_at, channel, direction, kind,
                                 customer_id, branch_id{columns})
        SELECT :system, s.source_id, s.occurred_at, s.channel, s.direction, coalesce(s.kind, 'CONTACT'),
               c.customer_id, b.id{values}
        FROM ({_STAGED}) AS s
        LEFT JOIN customer_external_ids c ON c.system = :system AND c.external_id = s.customer
        LEFT JOIN branches b ON b.code = s.branch
        WHERE NOT {_IS_HERE}
        ORDER BY s.occurred_at, s.source_id
    """
