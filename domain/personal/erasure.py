"""Erasing a person: everything personal is overwritten in one transaction, amounts stay.

What stays is a customer who says nothing of a person: its orders, points and dates. Triggers keep it so: it is changed
no more and takes nothing personal (migrations/sql/personal.sql). The feed tells the cube, as of any change.
"""

import asyncio
from datetime import datetime

from sqlalchemy import MetaData, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Actor
from domain.access_log.model import AccessGroup, AccessKind
from domain.access_log.writing import record
from domain.customers.errors import CustomerNotFound
from domain.customers.history_model import CustomerMerge
from domain.customers.model import Customer
from domain.customers.queries import visible_to
from domain.idempotency.once import forget_answers
from domain.personal.job_kinds import TIDY_EXPORTS
from domain.personal.journal import Entry, Journal
from domain.personal.model import Erasure, ErasureStore, ExportState, SubjectExport
from domain.personal.reasons import reason_of
from domain.personal.rules import ERASED
from domain.personal.wiping import statements
from domain.queue import enqueue

_BURY = text("""
    INSERT INTO tombstones (hash, erased_at)
    SELECT tombstone(system, external_id), :now FROM customer_external_ids WHERE customer_id = :customer_id
    ON CONFLICT DO NOTHING
""")

_FORGET_SOURCES = text("""
    DELETE FROM source_versions s USING customer_external_ids e
    WHERE e.customer_id = :customer_id AND s.aggregate = 'customer'
      AND s.system = e.system AND s.external_id = e.external_id
""")

_FORGET_SAID = text("""
    UPDATE source_versions s SET said = NULL, root_id = NULL, root_version = NULL FROM orders o
    WHERE o.customer_id = :customer_id AND s.aggregate = 'order'
      AND s.system = o.source_system AND s.external_id = o.source_id
      AND s.said IS NOT NULL
""")
"""What was said of orders names the customer."""

_LEAVE_HOUSEHOLDS = text("""
    UPDATE households h SET name = :erased
    WHERE h.id IN (SELECT household_id FROM household_members WHERE customer_id = :customer_id)
      AND NOT EXISTS (SELECT FROM household_members m JOIN customers c ON c.id = m.customer_id
                      WHERE m.household_id = h.id AND c.erased_at IS NULL)
""")


async def erase_subject(
    session: AsyncSession,
    customer_id: int,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    journal: Journal,
    tables: MetaData,
) -> None:
    """Nothing personal of the customer is left once the session commits; a second time changes nothing.

    `tables` are all tables of the store. The journal has it, on the disk, before this returns.
    Raises CustomerNotFound, ReasonMissing, Invalid,
    JournalUnreadable. Some thirty statements, however much there is of the person.
    """
    given = reason_of(reason)
    found = (
        await session.execute(
            select(Customer.erased_at).where(Customer.id == customer_id, visible_to(actor)).with_for_update()
        )
    ).one_or_none()
    if found is None:
        raise CustomerNotFound("customer_id")
    if found.erased_at is not None:
        return
    await record(
        session,
        AccessKind.ERASURE,
        actor=actor,
        groups=list(AccessGroup),
        subject_ids=[customer_id],
        reason=given,
        now=now,
    )
    await session.execute(
        insert(Erasure).values(customer_id=customer_id, erased_at=now, asked_by=actor.client, reason=given)
    )
    await _take_away(session, customer_id, now=now, tables=tables)
    await _write_down(session, customer_id, now=now, journal=journal)


async def _write_down(session: AsyncSession, customer_id: int, *, now: datetime, journal: Journal) -> None:
    """Also those who were merged into the customer: a backup from before the merge holds the person twice."""
    store = (await session.scalars(select(ErasureStore.store_id))).one()
    merged = await session.scalars(
        select(CustomerMerge.merged_id).where(CustomerMerge.kept_id == customer_id)
    )
    entries = [Entry(store, key, now) for key in (customer_id, *merged)]
    await asyncio.to_thread(journal.append, entries)


async def _take_away(session: AsyncSession, customer_id: int, *, now: datetime, tables: MetaData) -> None:
    await session.execute(text("SELECT set_config('dangol.erasing', 'on', true)"))
    await session.execute(_BURY, {"customer_id": customer_id, "now": now})
    await session.execute(_FORGET_SOURCES, {"customer_id": customer_id})
    await session.execute(_FORGET_SAID, {"customer_id": customer_id})
    for statement in statements(tables):
        await session.execute(statement, {"subjects": [customer_id]})
    await session.execute(update(Customer).where(Customer.id == customer_id).values(erased_at=now))
    await session.execute(_LEAVE_HOUSEHOLDS, {"customer_id": customer_id, "erased": ERASED})
    await session.execute(text("SELECT set_config('dangol.erasing', 'off', true)"))
    await session.execute(
        update(SubjectExport)
        .where(SubjectExport.customer_id == customer_id, SubjectExport.state.in_(("REQUESTED", "READY")))
        .values(state=ExportState.EXPIRED)
    )
    await enqueue(session, TIDY_EXPORTS)
    await forget_answers(session)
