"""Mutations of jobs."""

import strawberry

from api.graphql.inputs import key
from api.graphql.jobs.types import Job
from api.graphql.writes import Write, writes
from api.permissions import Action
from domain.jobs import commands
from domain.jobs.queries import jobs


@strawberry.input(description="A failed or cancelled job.")
class RetryJobInput:
    id: strawberry.ID


@strawberry.input(description="A job that waits or runs.")
class CancelJobInput:
    id: strawberry.ID


_REFUSED = {"NOT_IN_THIS_STATE": commands.NotInThisState}


@strawberry.type
class JobMutation:
    @writes(Job, jobs, Action.UPDATE, errors=_REFUSED)
    async def retry_job(write: Write, input: RetryJobInput) -> int:
        """Queue a failed or cancelled job again, with all its tries before it."""
        job_id = key(input.id, "Job", "id")
        await commands.retry_job(write.session, job_id, actor=write.actor)
        return job_id

    @writes(Job, jobs, Action.UPDATE, errors=_REFUSED)
    async def cancel_job(write: Write, input: CancelJobInput) -> int:
        """Call off a job. One that runs is told to stop, and is CANCELLED soon."""
        job_id = key(input.id, "Job", "id")
        await commands.cancel_job(write.session, job_id, actor=write.actor)
        return job_id
