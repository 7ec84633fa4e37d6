"""All upserts."""

import strawberry

from api.graphql.upserts.customers import CustomerUpserts


@strawberry.type
class Upserts(CustomerUpserts):
    pass
