"""How the store stands: what holds the feed back, and what waits in the queue of jobs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from domain.reads import Reads

_ASKED = """
    WITH jobs_now AS (
        SELECT id, task_name, scheduled_at, CASE
            WHEN status = 'doing' THEN 'running'
            WHEN status <> 'todo' THEN status::text
            WHEN scheduled_at > now() THEN 'later'
            ELSE 'due' END AS state
        FROM jobs.procrastinate_jobs
        WHERE status IN ('todo', 'doing', 'failed')
    ), writing AS (
        SELECT xact_start AS since FROM pg_stat_activity WHERE backend_xid IS NOT NULL
        UNION ALL SELECT prepared FROM pg_prepared_xacts
    )
    SELECT json_build_object(
        'feed_lag_seconds', coalesce(extract(epoch FROM clock_timestamp() - (
            SELECT at FROM change WHERE xid >= pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, id LIMIT 1)), 0),
        'oldest_writer_seconds', coalesce(extract(epoch FROM clock_timestamp() - (SELECT min(since) FROM writing)), 0),
        'jobs', (SELECT coalesce(json_agg(json_build_array(state, task_name, count)), '[]') FROM (
            SELECT state, task_name, count(*) FROM jobs_now GROUP BY 1, 2 ORDER BY 1, 2) counted),
        'oldest_due_seconds', coalesce(extract(epoch FROM clock_timestamp() - (
            SELECT coalesce(scheduled_at, (SELECT min(at) FROM jobs.procrastinate_events WHERE job_id = jobs_now.id))
            FROM jobs_now WHERE state = 'due' ORDER BY id LIMIT 1)), 0)
    )::text
"""


@dataclass(frozen=True)
class Vitals:
    """Times are in seconds, 0 where there is nothing.

    `feed_lag_seconds`: the age of the oldest committed event that no reader of the feed gets yet, because a
    transaction that began writing before it still runs. `oldest_writer_seconds`: how long the oldest writing
    transaction of the server has run, in whichever database, prepared ones too. `jobs`: how many there are, by state
    (due, later, running, failed) and kind. `oldest_due_seconds`: how long the first job in the queue could have run.
    """

    feed_lag_seconds: float
    oldest_writer_seconds: float
    jobs: Sequence[tuple[str, str, int]]
    oldest_due_seconds: float


async def vitals(reads: Reads) -> Vitals:
    """How the store stands now. One statement. Raises Busy and asyncpg's errors."""
    told = json.loads(await reads.value(_ASKED, []))
    return Vitals(
        feed_lag_seconds=max(0.0, told["feed_lag_seconds"]),
        oldest_writer_seconds=max(0.0, told["oldest_writer_seconds"]),
        jobs=[(state, kind, count) for state, kind, count in told["jobs"]],
        oldest_due_seconds=max(0.0, told["oldest_due_seconds"]),
    )
