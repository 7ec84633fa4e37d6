"""What a dead worker held is given back: each worker looks every 10 s, since procrastinate itself never does.

A worker is dead when it has not been heard of for 30 s, or when its record is gone. A job that has killed five workers
has failed.
"""

import asyncio
from dataclasses import dataclass
from typing import LiteralString

import structlog
from procrastinate import App
from procrastinate.exceptions import ProcrastinateException

from domain.jobs.tries import MOST_TRIES

log = structlog.get_logger("jobs")

LOST = "WorkerLost"

_SWEEP: LiteralString = """
    WITH held AS (
        SELECT j.id FROM procrastinate_jobs j
        LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
        WHERE j.status = 'doing'
          AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => %(stalled_after)s))
        ORDER BY j.id
        FOR UPDATE OF j SKIP LOCKED
    ), moved AS (
        UPDATE procrastinate_jobs j
        SET status = (CASE WHEN j.abort_requested OR j.attempts + 1 >= %(most_tries)s THEN 'failed' ELSE 'todo' END
                     )::procrastinate_job_status,
            attempts = j.attempts + 1, abort_requested = false, worker_id = NULL
        FROM held WHERE j.id = held.id
        RETURNING j.id, j.task_name, j.status
    ), noted AS (
        INSERT INTO faults (job_id, error) SELECT id, %(lost)s FROM moved
    )
    SELECT id, task_name, status::text FROM moved ORDER BY id
"""


@dataclass(frozen=True)
class Rhythm:
    """How often a worker is heard of, how often it looks for dead ones, and after how long one is dead; seconds."""

    heartbeat: float = 10
    sweep: float = 10
    stalled_after: float = 30


async def sweep(app: App, *, stalled_after: float) -> int:
    """The jobs of dead workers are queued again, or failed after too many tries; how many were. One statement."""
    values = {"stalled_after": stalled_after, "most_tries": MOST_TRIES, "lost": LOST}
    found = await app.connector.execute_query_all_async(query=_SWEEP, **values)
    for job in found:
        log.warning("job_given_back", job_id=job["id"], kind=job["task_name"], state=job["status"])
    return len(found)


async def sweeping(app: App, rhythm: Rhythm) -> None:
    """Sweeps until cancelled; what goes wrong once is tried again the next time."""
    while True:
        try:
            await sweep(app, stalled_after=rhythm.stalled_after)
        except (ProcrastinateException, OSError) as error:
            log.warning("sweep_failed", error=type(error).__name__)
        await asyncio.sleep(rhythm.sweep)
