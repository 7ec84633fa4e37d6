"""Steering jobs: what failed is tried again, what waits or runs is called off."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import SYSTEM, Actor
from domain.errors import Conflict, NotFound
from domain.jobs.model import JobState
from domain.messages import say
from domain.roles import Scope

_LOCK = text("SELECT id FROM jobs.procrastinate_jobs WHERE id = :id FOR UPDATE")
_STATE = text("SELECT state FROM jobs.overview WHERE id = :id")
_RETRY = text("""
    UPDATE jobs.procrastinate_jobs
    SET status = 'todo', attempts = 0, scheduled_at = NULL, abort_requested = false, worker_id = NULL
    WHERE id = :id
""")
_CANCEL = text("SELECT jobs.procrastinate_cancel_job_v1(:id, true, false)")


class JobNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__(say("there is no such job"), "id")


class NotInThisState(Conflict):
    """A job in this state cannot be steered so."""


async def retry_job(session: AsyncSession, job_id: int, *, actor: Actor = SYSTEM) -> None:
    """The failed or cancelled job is queued again, with all its tries before it. Raises JobNotFound, NotInThisState."""
    state = await _state(session, job_id, actor)
    if state not in (JobState.FAILED, JobState.CANCELLED):
        raise NotInThisState(
            say("the job is {state}; only FAILED and CANCELLED jobs are tried again", state=state), "id"
        )
    await session.execute(_RETRY, {"id": job_id})


async def cancel_job(session: AsyncSession, job_id: int, *, actor: Actor = SYSTEM) -> None:
    """The job does not run; one that runs is told to stop and is CANCELLED soon. Raises JobNotFound, NotInThisState."""
    state = await _state(session, job_id, actor)
    if state not in (JobState.QUEUED, JobState.RUNNING):
        raise NotInThisState(
            say("the job is {state}; only QUEUED and RUNNING jobs are cancelled", state=state), "id"
        )
    await session.execute(_CANCEL, {"id": job_id})


async def _state(session: AsyncSession, job_id: int, actor: Actor) -> JobState:
    if actor.scope is not Scope.ALL or await session.scalar(_LOCK, {"id": job_id}) is None:
        raise JobNotFound
    return JobState(str(await session.scalar(_STATE, {"id": job_id})))
