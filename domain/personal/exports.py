"""All that is held about a person as a file: asked for, made by a job, fetched once."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import MetaData, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows
from domain.access import Actor
from domain.access_log.model import AccessGroup, AccessKind
from domain.access_log.writing import record
from domain.customers.errors import CustomerNotFound
from domain.customers.model import Customer
from domain.customers.queries import visible_to
from domain.customers.redirects import led
from domain.db import Engine, run
from domain.messages import say
from domain.personal.archive import write_archive
from domain.personal.errors import AlreadyErased, ExportNotFound, ExportNotReady
from domain.personal.job_kinds import EXPORT_SUBJECT
from domain.personal.model import ExportState, SubjectExport
from domain.personal.reasons import reason_of
from domain.queue import enqueue

ORIGIN = "job:export"


@dataclass(frozen=True)
class Fetched:
    """The file of an export, for the one download."""

    path: Path
    bytes: int
    customer_id: int


async def request_export(
    session: AsyncSession, customer_id: int, *, reason: str, actor: Actor, now: datetime
) -> int:
    """A job will make the file; the export's key. Raises CustomerNotFound, AlreadyErased, ReasonMissing, Invalid."""
    given = reason_of(reason)
    customer_id = await led(session, customer_id)
    found = (
        await session.execute(
            select(Customer.erased_at)
            .where(Customer.id == customer_id, visible_to(actor))
            .with_for_update(read=True, key_share=True)
        )
    ).one_or_none()
    if found is None:
        raise CustomerNotFound("customer_id")
    if found.erased_at is not None:
        raise AlreadyErased("customer_id")
    values = {"customer_id": customer_id, "asked_by": actor.client, "reason": given, "requested_at": now}
    key: int | None = await session.scalar(insert(SubjectExport).values(values).returning(SubjectExport.id))
    assert key is not None, "an insert that does not fail returns its row"
    await enqueue(session, EXPORT_SUBJECT, export_id=key)
    return key


def path_of(folder: Path, export_id: int) -> Path:
    """Where the export's file lies while it is READY."""
    return folder / f"subject-{export_id}.zip"


async def make_export(
    engine: Engine, export_id: int, *, folder: Path, now: datetime, hours: int, tables: MetaData
) -> None:
    """The export is READY and its file is in the folder, unless it was made or expired before. Safe to run twice."""
    async with engine.connect() as connection:
        wanted = (
            await connection.execute(
                select(SubjectExport.customer_id).where(
                    SubjectExport.id == export_id, SubjectExport.state == ExportState.REQUESTED
                )
            )
        ).scalar_one_or_none()
    if wanted is None:
        return
    path = path_of(folder, export_id)
    made = await write_archive(engine, wanted, path=path.with_suffix(".part"), now=now, tables=tables)

    async def ready(session: AsyncSession) -> None:
        moved = await session.scalar(
            update(SubjectExport)
            .where(SubjectExport.id == export_id, SubjectExport.state == ExportState.REQUESTED)
            .values(
                state=ExportState.READY,
                ready_at=now,
                expires_at=now + timedelta(hours=hours),
                bytes=made.bytes,
                sha256=made.sha256,
            )
            .returning(SubjectExport.id)
        )
        if moved is None:
            made.path.unlink(missing_ok=True)
        elif made.path.exists():
            made.path.rename(path)

    await run(engine, ready, origin=ORIGIN)


async def fetch_export(
    session: AsyncSession, export_id: int, *, folder: Path, actor: Actor, now: datetime
) -> Fetched:
    """The export is DOWNLOADED, and the access log says so, once the session commits: before the first byte goes out.

    Raises ExportNotFound and ExportNotReady.
    """
    row = (
        await session.execute(
            select(SubjectExport.__table__).where(SubjectExport.id == export_id).with_for_update()
        )
    ).one_or_none()
    if row is None or not await rows.known(session, Customer.id, {row.customer_id}, visible_to(actor)):
        raise ExportNotFound
    if row.state == ExportState.REQUESTED:
        raise ExportNotReady(say("the export is not made yet; ask again in a moment"))
    path = path_of(folder, export_id)
    if row.state != ExportState.READY or row.expires_at <= now or not path.exists():
        raise ExportNotReady(say("the export was fetched already or is past its time; ask for a new one"))
    await record(
        session,
        AccessKind.EXPORT,
        actor=actor,
        groups=list(AccessGroup),
        subject_ids=[row.customer_id],
        reason=row.reason,
        now=now,
    )
    await session.execute(
        update(SubjectExport)
        .where(SubjectExport.id == export_id)
        .values(state=ExportState.DOWNLOADED, downloaded_at=now)
    )
    return Fetched(path, row.bytes, row.customer_id)


async def tidy_exports(engine: Engine, *, folder: Path, now: datetime) -> int:
    """Exports past their time are EXPIRED, and files that nobody may fetch any more are gone; how many were."""

    async def expire(session: AsyncSession) -> set[int]:
        export = SubjectExport
        await session.execute(
            update(export)
            .where(export.state == ExportState.READY, export.expires_at <= now)
            .values(state=ExportState.EXPIRED)
        )
        open_ = select(export.id).where(export.state.in_((ExportState.REQUESTED, ExportState.READY)))
        return set(await session.scalars(open_))

    held = {path_of(folder, key).stem for key in await run(engine, expire, origin=ORIGIN)}
    return await asyncio.to_thread(_drop_files, folder, held)


def _drop_files(folder: Path, held: set[str]) -> int:
    gone = [path for path in folder.glob("subject-*.*") if path.stem not in held]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)
