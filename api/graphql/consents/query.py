"""Root fields of consents."""

import strawberry

from api.graphql.consents.types import Consent
from api.graphql.relay import Connection
from api.graphql.roots import all_of, by_id
from domain.consents.queries import consents


@strawberry.type
class ConsentQuery:
    consent: Consent | None = by_id(consents)
    consents: Connection[Consent] = all_of(consents)
