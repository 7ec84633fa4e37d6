"""Keeping the record of import runs, and one import of a system at a time."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import Conflict
from domain.intake.model import RunState
from domain.messages import say

LOCK_NOT_AVAILABLE = "55P03"


@dataclass(frozen=True)
class Run:
    """What a run is known by: the system whose ids it brings, and the digests of what it was given."""

    system: str
    mapping_digest: str
    files_digest: str
    files: Sequence[Mapping[str, Any]]


async def claim(connection: AsyncConnection, system: str) -> None:
    """This connection alone imports rows of `system`, until it is closed. Raises Conflict if another one does.

    Waits up to five seconds: the server may need a moment to see that a killed import is gone.
    """
    await connection.execute(text("SET LOCAL lock_timeout = '5s'"))
    try:
        await connection.execute(
            text("SELECT pg_advisory_lock(hashtext('dangol.intake'), hashtext(:system))"), {"system": system}
        )
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        told = say("another import of '{system}' is running: wait for it to end", system=system)
        raise Conflict(told) from None


async def start(connection: AsyncConnection, run: Run) -> int:
    """The run is recorded as IN_PROGRESS; its id. Earlier ones of its system that never ended are ABORTED.

    Call it after `claim`: then what is still in progress has no process any more.
    """
    await connection.execute(
        text("""
            UPDATE import_runs SET state = 'ABORTED', finished_at = now()
            WHERE system = :system AND state = 'IN_PROGRESS'
        """),
        {"system": run.system},
    )
    made = await connection.scalar(
        text("""
            INSERT INTO import_runs (system, state, mapping_digest, files_digest, files, started_at)
            VALUES (:system, 'IN_PROGRESS', :mapping, :digest, CAST(:files AS jsonb), now())
            RETURNING id
        """),
        {
            "system": run.system,
            "mapping": run.mapping_digest,
            "digest": run.files_digest,
            "files": json.dumps(list(run.files), ensure_ascii=False),
        },
    )
    return int(made or 0)


async def finish(
    connection: AsyncConnection,
    run_id: int,
    state: RunState,
    *,
    counts: Mapping[str, Any] | None = None,
    error: str | None = None,
) -> None:
    """The run has ended in `state`."""
    await connection.execute(
        text("""
            UPDATE import_runs
            SET state = :state, counts = CAST(:counts AS jsonb), error = :error, finished_at = clock_timestamp()
            WHERE id = :id
        """),
        {
            "id": run_id,
            "state": state.value,
            "counts": None if counts is None else json.dumps(dict(counts)),
            "error": error,
        },
    )
