"""Merging staged customers."""

from collections.abc import Collection

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.intake import attributes, files
from domain.intake.counts import Counts
from domain.intake.masters import Field, Master
from domain.intake.staging import CUSTOMERS, Range

_TEXT = 'text COLLATE "C"'

_POINTS = (("email", "EMAIL"), ("phone", "PHONE"), ("address", "ADDRESS"))


def _is_new_point(column: str, kind: str) -> str:
    return (
        f"g.{column} IS NOT NULL AND NOT EXISTS (SELECT FROM contact_points p "
        f"WHERE p.customer_id = g.id AND p.kind = '{kind}' AND p.value = g.{column})"
    )


CUSTOMER = Master(
    staging=CUSTOMERS,
    root="customers",
    external_ids="customer_external_ids",
    key="customer_id",
    fields=(
        Field("kind", _TEXT, empty="'PERSON'"),
        Field("name", _TEXT, empty="g.external_id"),
        Field("latin_name", _TEXT),
        Field("birth_on", "date"),
        Field("gender", _TEXT),
        Field("occupation", _TEXT),
        Field("wealth_band", _TEXT),
        Field("country", _TEXT),
        Field("region", _TEXT),
        Field("district", _TEXT),
        Field("joined_on", "date"),
        Field("acquired_channel", _TEXT),
        Field(
            "home_branch",
            "bigint",
            column="home_branch_id",
            value="(SELECT b.id FROM branches b WHERE b.code = g.home_branch)",
        ),
    ),
    late="""EXISTS (SELECT FROM orders o
            WHERE o.customer_id = r.id AND o.source_system = :system AND o.ordered_at > g.at)""",
    parts=tuple((column, _is_new_point(column, kind)) for column, kind in _POINTS),
    beside=(attributes.BESIDE,),
)


async def merge_customers(
    connection: AsyncConnection, *, system: str, given: Collection[str], within: Range, dry_run: bool = False
) -> Counts:
    """The staged customers of the range are here, under their external ids of `system`; unchanged ones untouched.

    `given` names the staged columns that the rows carry; others are left as they are. A contact point is added
    if the customer does not have it, a custom attribute set; none is taken away. At most 15 statements.
    """

    async def beside() -> None:
        if attributes.FIELD in given:
            await attributes.settle(connection, CUSTOMER, system=system, within=within)

    if dry_run:
        await beside()
        return await files.plan(connection, CUSTOMER, system=system, given=given, within=within)
    counts = await files.apply(connection, CUSTOMER, system=system, given=given, within=within, beside=beside)
    if attributes.FIELD in given:
        await attributes.write(connection, CUSTOMER)
    points = [(column, kind) for column, kind in _POINTS if column in given]
    if points:
        await _add_contact_points(connection, points)
    return counts


async def _add_contact_points(connection: AsyncConnection, points: list[tuple[str, str]]) -> None:
    staged = " UNION ALL ".join(
        f"SELECT id, '{kind}' AS kind, {column} AS value, {number} AS number FROM {CUSTOMER.plan} "
        f"WHERE {column} IS NOT NULL"
        for number, (column, kind) in enumerate(points)
    )
    await connection.execute(
        text(f"""
            INSERT INTO contact_points (customer_id, position, kind, value)
            SELECT s.id,
                   coalesce((SELECT max(position) FROM contact_points p WHERE p.customer_id = s.id), 0)
                       + row_number() OVER (PARTITION BY s.id ORDER BY s.number),
                   s.kind, s.value
            FROM ({staged}) AS s
            WHERE NOT EXISTS (SELECT FROM contact_points p
                              WHERE p.customer_id = s.id AND p.kind = s.kind AND p.value = s.value)
            ORDER BY s.id
        """)
    )
