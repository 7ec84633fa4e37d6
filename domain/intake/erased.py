"""Erased persons stay away: what other systems still bring of them is left out, by the tombstones of their names.

An order of such a person is taken without a customer, since it is an amount; the person and his touchpoints are not.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.db import ERASED_NAME
from domain.errors import Erased
from domain.intake.staging import CUSTOMERS, LINES, TOUCHPOINTS
from domain.intake.upserts.references import CUSTOMER
from domain.intake.upserts.rows import Name, Row

_ANYBODY = text("SELECT EXISTS (SELECT FROM tombstones)")
_AMONG = text("""
    SELECT k.system, k.name FROM unnest(CAST(:systems AS text[]), CAST(:names AS text[])) AS k (system, name)
    WHERE is_erased(k.system, k.name)
""")


@dataclass(frozen=True)
class LeftOut:
    """How many staged rows spoke of erased persons."""

    customers: int = 0
    touchpoints: int = 0
    lines: int = 0

    def told(self) -> list[str]:
        """What people read about it; nothing where nothing was left out."""
        if not (self.customers or self.touchpoints or self.lines):
            return []
        return [
            (
                f"{self.customers:,} customers and {self.touchpoints:,} touchpoints of erased persons are left out; "
                f"{self.lines:,} order lines of theirs are taken without the customer"
            )
        ]


async def erased_among(session: AsyncSession, names: Collection[Name]) -> frozenset[Name]:
    """Those of the names that were an erased person's. One statement, two where somebody was ever erased."""
    if not names or not await session.scalar(_ANYBODY):
        return frozenset()
    systems, named = zip(*names, strict=True)
    found = await session.execute(_AMONG, {"systems": list(systems), "names": list(named)})
    return frozenset((row.system, row.name) for row in found)


async def refuse_erased(session: AsyncSession, rows: Sequence[Row], further: str) -> None:
    """Rows whose key, or one of whose names under `further`, was an erased person's are refused. One statement where
    nobody was ever erased."""
    if not await session.scalar(_ANYBODY):
        return
    named = [(row, _names(row, further)) for row in rows]
    erased = await erased_among(session, {name for _, names in named for name in names})
    for row, names in named:
        if erased.intersection(names):
            row.error = Erased(ERASED_NAME, "key")


async def forget_erased(session: AsyncSession, rows: Sequence[Row]) -> None:
    """The rows name no erased person any more: what they said of whose they are is left out."""
    named = {each.key for row in rows for each in row.references if each.target is CUSTOMER}
    erased = await erased_among(session, {key for key in named if isinstance(key, tuple)})
    if erased:
        for row in rows:
            row.references = [
                each for each in row.references if each.target is not CUSTOMER or each.key not in erased
            ]


def _names(row: Row, further: str) -> list[Name]:
    own = [] if row.name is None else [row.name]
    return [*own, *((each["system"], each["id"]) for each in row.parts.get(further, ()))]


async def leave_out(connection: AsyncConnection, *, system: str) -> LeftOut:
    """The staged rows speak of no erased person. One statement, four where somebody was ever erased."""
    if not await connection.scalar(_ANYBODY):
        return LeftOut()
    return LeftOut(
        customers=await _count(
            connection, f"DELETE FROM {CUSTOMERS} WHERE is_erased(:system, external_id) RETURNING 1", system
        ),
        touchpoints=await _count(
            connection, f"DELETE FROM {TOUCHPOINTS} WHERE is_erased(:system, customer) RETURNING 1", system
        ),
        lines=await _count(
            connection,
            f"UPDATE {LINES} SET customer = NULL WHERE is_erased(:system, customer) RETURNING 1",
            system,
        ),
    )


async def _count(connection: AsyncConnection, statement: str, system: str) -> int:
    return len((await connection.execute(text(statement), {"system": system})).all())
