"""Root fields of households."""

import strawberry

from api.graphql.households.types import Household
from api.graphql.relay import Connection
from api.graphql.roots import all_of, by_id
from domain.households.queries import households


@strawberry.type
class HouseholdQuery:
    household: Household | None = by_id(households)
    households: Connection[Household] = all_of(households)
