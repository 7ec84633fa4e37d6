"""Root fields of offers."""

import strawberry

from api.graphql.offers.types import Offer
from api.graphql.relay import Connection
from api.graphql.roots import all_of, by_id
from domain.offers.queries import offers


@strawberry.type
class OfferQuery:
    offer: Offer | None = by_id(offers)
    offers: Connection[Offer] = all_of(offers)
