"""After a restore: whoever was erased since the backup stands in the store again, until the journal is replayed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import MetaData, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain import rows
from domain.access import SYSTEM
from domain.customers.model import Customer
from domain.db import Engine, run
from domain.messages import say
from domain.personal.erasure import erase_subject
from domain.personal.errors import NotReplayed
from domain.personal.journal import Journal
from domain.personal.model import ErasureStore

REASON = "replay of the journal of erasures after a restore"

_LAST_KEY = text("SELECT pg_sequence_last_value(CAST(pg_get_serial_sequence('customers', 'id') AS regclass))")
_RAISE_KEY = text("SELECT setval(pg_get_serial_sequence('customers', 'id'), :key)")


@dataclass(frozen=True)
class Missing:
    """What the journal says and the store does not: customers to erase, and the highest id that was in use."""

    customer_ids: Sequence[int]
    highest_key: int | None

    def __bool__(self) -> bool:
        return bool(self.customer_ids) or self.highest_key is not None


async def missing(connection: AsyncConnection | AsyncSession, journal: Journal) -> Missing:
    """What has to be replayed. Three statements, none where the journal is empty. Raises JournalUnreadable."""
    entries = journal.entries()
    if not entries:
        return Missing((), None)
    store = (await connection.execute(select(ErasureStore.store_id))).scalar_one()
    named = {entry.customer_id for entry in entries if entry.store == store}
    last = (await connection.execute(_LAST_KEY)).scalar_one() or 0
    found = await connection.execute(
        select(Customer.id).where(rows.among(Customer.id, named), Customer.erased_at.is_(None))
    )
    highest = max(named, default=0)
    return Missing(sorted(found.scalars()), highest if highest > last else None)


async def require_replayed(engine: Engine, journal: Journal) -> None:
    """Raises NotReplayed where the store lacks an erasure of the journal: nothing may be served from it."""
    async with engine.connect() as connection:
        found = await missing(connection, journal)
    if found:
        raise NotReplayed(
            say(
                "the store was restored from a backup that is older than erasures of persons ({count}): "
                "run dangol erasures replay before anything else",
                count=len(found.customer_ids) or 1,
            )
        )


async def replay(engine: Engine, journal: Journal, *, now: datetime, tables: MetaData) -> int:
    """Every erasure of the journal stands in the store, each in its own transaction; how many had to be made again."""
    async with engine.connect() as connection:
        found = await missing(connection, journal)
    for customer_id in found.customer_ids:

        async def erase(session: AsyncSession, key: int = customer_id) -> None:
            await erase_subject(
                session, key, reason=REASON, actor=SYSTEM, now=now, journal=journal, tables=tables
            )

        await run(engine, erase, origin=SYSTEM.origin)
    if found.highest_key is not None:
        async with engine.begin() as raised:
            await raised.execute(_RAISE_KEY, {"key": found.highest_key})
    return len(found.customer_ids)
