"""Custom attributes in rows of customers: checked against what is declared, and written for all rows at once."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.customers.attribute_values import COLUMNS, GivenAttribute, checked, declared
from domain.errors import DomainError
from domain.intake.masters import Beside, Master
from domain.intake.upserts.kinds import Part
from domain.intake.upserts.rows import Reader, Row, part

FIELD = "attributes"
_STAGED = "intake_customer_upsert_attributes"
_TEXT = 'text COLLATE "C"'
_ALL: dict[str, Any] = {}
"""An item without a name takes all values away."""


def _keep(name: str) -> Reader:
    def reader(row: Row, value: Any) -> None:
        row.cells[name] = value

    return reader


_read_items = part(FIELD, {"name": _keep("name"), "value": _keep("value")}, needed=("name",))


def _reader(row: Row, value: Any) -> None:
    _read_items(row, value)
    if value is None:
        row.parts[FIELD] = [_ALL]


READER: Reader = _reader


async def check(session: AsyncSession, rows: Sequence[Row]) -> None:
    """The rows' values are as their attributes are declared, or the row has the error. None or one statement."""
    given = [row for row in rows if row.error is None and any(row.parts.get(FIELD, ()))]
    if not given:
        return
    known = await declared(session)
    for row in given:
        try:
            found = checked(
                [GivenAttribute(each["name"], each.get("value")) for each in row.parts[FIELD]], known
            )
        except DomainError as error:
            row.error = error
            continue
        row.parts[FIELD] = [{"attribute": name, **(columns or {})} for name, columns in found.items()]


def _of(line: str) -> str:
    return ", ".join(f"{line}.{column}" for column in COLUMNS)


BESIDE = Beside(
    FIELD,
    f"""LEFT JOIN (SELECT DISTINCT c.place FROM {_STAGED} c JOIN settled k ON k.external_id = c.place
                   LEFT JOIN LATERAL (
                       SELECT p.* FROM customer_attribute_values p
                       WHERE p.customer_id = k.id AND p.attribute = coalesce(c.attribute, p.attribute) OFFSET 0
                   ) p ON true
                   WHERE k.id IS NOT NULL AND ({_of("p")}) IS DISTINCT FROM ({_of("c")})
        ) AS new_attributes ON new_attributes.place = s.external_id""",
    "new_attributes.place IS NOT NULL",
)
"""A value that the customer does not have, or one that it loses, makes its row a change."""


def part_of(master: Master) -> Part:
    """The part that holds the values: each in the column of its type, none where it is taken away."""

    async def write(connection: AsyncConnection) -> None:
        await connection.execute(
            text(f"""
                DELETE FROM customer_attribute_values p USING {_STAGED} c, {master.plan} g
                WHERE g.external_id = c.place AND g.outcome = 'UPDATED' AND num_nonnulls({_of("c")}) = 0
                  AND p.customer_id = g.id AND p.attribute = coalesce(c.attribute, p.attribute)
            """)
        )
        await connection.execute(
            text(f"""
                INSERT INTO customer_attribute_values AS p (customer_id, attribute, {", ".join(COLUMNS)})
                SELECT g.id, c.attribute, {_of("c")}
                FROM {_STAGED} c JOIN {master.plan} g ON g.external_id = c.place AND g.outcome IN ('CREATED', 'UPDATED')
                WHERE num_nonnulls({_of("c")}) = 1
                ORDER BY g.id, c.attribute
                ON CONFLICT (customer_id, attribute) DO UPDATE
                SET {", ".join(f"{column} = excluded.{column}" for column in COLUMNS)}
                WHERE ({_of("p")}) IS DISTINCT FROM ({_of("excluded")})
            """)
        )

    columns = {
        "attribute": _TEXT,
        "text_value": _TEXT,
        "number_value": "numeric(20, 6)",
        "boolean_value": "boolean",
        "date_value": "date",
    }
    return Part(FIELD, _STAGED, columns, write)
