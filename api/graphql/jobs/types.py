"""Jobs as the API shows them: what they are about by ids alone, and no error's text."""

from datetime import datetime

import strawberry

from api.graphql.enums import JobState, JobStateFilter
from api.graphql.fields import column, reads
from api.graphql.filters import DateTimeFilter, TextFilter
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.relay import Node
from domain.jobs.queries import jobs


@filters
class JobFilter:
    state: JobStateFilter | None = where(jobs.state)
    kind: TextFilter | None = where(jobs.kind)
    error: TextFilter | None = where(jobs.error)
    created_at: DateTimeFilter | None = where(jobs.created_at)
    finished_at: DateTimeFilter | None = where(jobs.finished_at)


@reads(jobs, filter=JobFilter, order=ordering("Job", CREATED_AT=jobs.created_at, ID=jobs.id))
@strawberry.type
class Job(Node):
    """Work that is done beside the requests, by workers."""

    kind: str = column(jobs.kind, description="What is done, e.g. retain or export_subject.")
    state: JobState
    tries: int = column(jobs.tries, description="How many tries have ended; five at most.")
    key: str | None = column(jobs.key, description="Jobs with the same key run one after the other.")
    created_at: datetime
    due_at: datetime | None = column(jobs.due_at, description="The earliest time of the next try.")
    started_at: datetime | None = column(jobs.started_at, description="When the last try began.")
    finished_at: datetime | None
    error: str | None = column(jobs.error, description="The class of the last try's error.")
    sqlstate: str | None = column(jobs.sqlstate, description="Postgres' code of it, if it has one.")
    error_id: str | None = column(
        jobs.error_id, description="The log holds where it happened, under this id."
    )
