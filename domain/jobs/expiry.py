"""Jobs that ended long ago are forgotten."""

from datetime import datetime, timedelta

from sqlalchemy import DateTime, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

KEPT = timedelta(days=7)
FAILED_KEPT = timedelta(days=90)

_EXPIRE = text("""
    DELETE FROM jobs.procrastinate_jobs
    WHERE id IN (
        SELECT id FROM jobs.overview
        WHERE finished_at < CASE state WHEN 'FAILED' THEN :failed ELSE :ended END
        ORDER BY id LIMIT 100000)
    RETURNING id
""").bindparams(
    bindparam("failed", type_=DateTime(timezone=True)), bindparam("ended", type_=DateTime(timezone=True))
)


async def expire_jobs(session: AsyncSession, *, now: datetime) -> int:
    """Jobs that ended KEPT ago, and failed ones FAILED_KEPT ago, are gone with their faults; how many."""
    gone = await session.execute(_EXPIRE, {"ended": now - KEPT, "failed": now - FAILED_KEPT})
    return len(gone.all())
