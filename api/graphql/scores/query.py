"""Root fields of scores."""

import strawberry

from api.graphql.relay import Connection
from api.graphql.roots import all_of, by_id
from api.graphql.scores.types import RfmScheme
from domain.scores.queries import rfm_schemes


@strawberry.type
class ScoreQuery:
    rfm_scheme: RfmScheme | None = by_id(rfm_schemes)
    rfm_schemes: Connection[RfmScheme] = all_of(rfm_schemes)
