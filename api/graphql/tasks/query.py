"""Root fields of tasks."""

import strawberry

from api.graphql.relay import Connection
from api.graphql.roots import all_of, by_id
from api.graphql.tasks.types import Task
from domain.tasks.queries import tasks


@strawberry.type
class TaskQuery:
    task: Task | None = by_id(tasks)
    tasks: Connection[Task] = all_of(tasks)
