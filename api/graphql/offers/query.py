"""Root fields of offers."""

import strawberry

from api.graphql.offers.types import Offer, OfferGrant
from api.graphql.relay import Connection
from api.graphql.roots import all_of, by_id
from domain.offers.queries import offer_grants, offers


@strawberry.type
class OfferQuery:
    offer: Offer | None = by_id(offers)
    offers: Connection[Offer] = all_of(offers)
    offer_grant: OfferGrant | None = by_id(offer_grants)
    offer_grants: Connection[OfferGrant] = all_of(offer_grants)
