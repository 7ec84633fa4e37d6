"""Root fields of touchpoints."""

import strawberry

from api.graphql.relay import Connection
from api.graphql.roots import all_of, by_id
from api.graphql.touchpoints.types import Touchpoint
from domain.touchpoints.queries import touchpoints


@strawberry.type
class TouchpointQuery:
    touchpoint: Touchpoint | None = by_id(touchpoints)
    touchpoints: Connection[Touchpoint] = all_of(touchpoints)
