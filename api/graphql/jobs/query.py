"""Root fields of jobs."""

import strawberry

from api.graphql.jobs.types import Job
from api.graphql.relay import Connection
from api.graphql.roots import all_of, by_id
from domain.jobs.queries import jobs


@strawberry.type
class JobQuery:
    job: Job | None = by_id(jobs)
    jobs: Connection[Job] = all_of(
        jobs, description="For administrators. Ended jobs are kept for 7 days, failed 90."
    )
