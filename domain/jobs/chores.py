"""The house's own jobs: what every store needs done, and when it is due by itself (UTC)."""

from collections.abc import Sequence

from domain import feed
from domain.db import Session
from domain.idempotency import once
from domain.jobs.duties import Duty, Work
from domain.jobs.expiry import expire_jobs
from domain.offers.moves import expire_grants
from domain.personal.exports import make_export, tidy_exports
from domain.personal.job_kinds import EXPORT_SUBJECT, RETAIN, TIDY_EXPORTS
from domain.personal.retaining import retain
from domain.queue import JobKind
from domain.scores.nights import refresh_stages_nightly
from domain.segments.follower import refresh_due

EXPIRE_IDEMPOTENCY = JobKind("expire_idempotency", key="expire_idempotency")
EXPIRE_JOBS = JobKind("expire_jobs", key="expire_jobs")
EXPIRE_GRANTS = JobKind("expire_grants", key="expire_grants")
FEED_DAYS = JobKind("feed_days", key="feed_days")

REFRESH_LIFECYCLE = JobKind("refresh_lifecycle", key="refresh_lifecycle")

REFRESH_SEGMENTS = JobKind("refresh_segments", key="refresh_segments")

BATCH = 10_000


async def _expire_idempotency(work: Work) -> None:
    while await work.transaction(lambda session: once.expire(session, now=work.now(), most=BATCH)) == BATCH:
        continue


async def _expire_jobs(work: Work) -> None:
    await work.transaction(lambda session: expire_jobs(session, now=work.now()))


async def _expire_grants(work: Work) -> None:
    while await work.transaction(lambda session: expire_grants(session, now=work.now(), most=BATCH)) == BATCH:
        continue


async def _refresh_lifecycle(work: Work) -> None:
    await work.transaction(lambda session: refresh_stages_nightly(session, work.now()))


async def _refresh_segments(work: Work) -> None:
    await refresh_due(work.engine, work.now)


async def _feed_days(work: Work) -> None:
    async def ahead(session: Session) -> None:
        await feed.make_partitions(await session.connection())

    await work.transaction(ahead)
    await feed.drop_days(work.engine, now=work.now(), days=work.feed_days)


async def _export_subject(work: Work, export_id: int) -> None:
    await make_export(
        work.engine,
        export_id,
        folder=work.exports,
        now=work.now(),
        hours=work.export_hours,
        tables=work.tables,
    )


async def _tidy_exports(work: Work) -> None:
    await tidy_exports(work.engine, folder=work.exports, now=work.now())


async def _retain(work: Work) -> None:
    await retain(work.engine, now=work.now(), tables=work.tables)


CHORES: Sequence[Duty] = (
    Duty(EXPIRE_IDEMPOTENCY, _expire_idempotency, cron="5 * * * *"),
    Duty(EXPIRE_JOBS, _expire_jobs, cron="15 * * * *"),
    Duty(EXPIRE_GRANTS, _expire_grants, cron="*/10 * * * *"),
    Duty(REFRESH_LIFECYCLE, _refresh_lifecycle, cron="0 * * * *"),
    Duty(REFRESH_SEGMENTS, _refresh_segments, cron="1 * * * *"),
    Duty(FEED_DAYS, _feed_days, cron="25 * * * *"),
    Duty(TIDY_EXPORTS, _tidy_exports, cron="35 * * * *"),
    Duty(RETAIN, _retain, cron="0 18 * * *"),
    Duty(EXPORT_SUBJECT, _export_subject),
)
"""Segments are asked anew of all customers once a day, as the company's day begins, and stages of the lifecycle, which
change as time goes by, are told once a night by its clock, wherever it is: both are looked for each hour. Retention: at
18:00 UTC, at night in Seoul."""
