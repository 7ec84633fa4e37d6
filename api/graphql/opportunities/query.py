"""Root fields of opportunities."""

import strawberry

from api.graphql.opportunities.types import Opportunity
from api.graphql.relay import Connection
from api.graphql.roots import all_of, by_id
from domain.opportunities.queries import opportunities


@strawberry.type
class OpportunityQuery:
    opportunity: Opportunity | None = by_id(opportunities)
    opportunities: Connection[Opportunity] = all_of(opportunities)
