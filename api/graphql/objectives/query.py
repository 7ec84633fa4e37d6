"""Root fields of objectives and targets."""

import strawberry

from api.graphql.objectives.types import Objective, Target
from api.graphql.relay import Connection
from api.graphql.roots import all_of, by_id
from domain.objectives.queries import objectives, targets


@strawberry.type
class ObjectiveQuery:
    objective: Objective | None = by_id(objectives)
    objectives: Connection[Objective] = all_of(objectives)
    target: Target | None = by_id(targets)
    targets: Connection[Target] = all_of(targets)
