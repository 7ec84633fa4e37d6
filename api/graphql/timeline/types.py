"""An entry of a timeline: one of these, each with its own fields."""

from typing import Annotated, Any

import strawberry
from strawberry.annotation import StrawberryAnnotation

from api.graphql.cases.types import Case
from api.graphql.offers.types import OfferGrant
from api.graphql.opportunities.types import Opportunity
from api.graphql.orders.types import Order
from api.graphql.points.types import PointsEntry
from api.graphql.relay import Connection
from api.graphql.tasks.types import Task
from api.graphql.touchpoints.types import Touchpoint

TimelineEntry = Annotated[
    Touchpoint | Order | OfferGrant | PointsEntry | Case | Task | Opportunity,
    strawberry.union(name="TimelineEntry", description="What happened with a customer: one of these."),
]

TimelineConnection: Any = StrawberryAnnotation(Connection[TimelineEntry]).resolve()
"""The type itself, since Strawberry resolves no generic type behind a lazy name."""
