"""All upserts."""

import strawberry

from api.graphql.upserts.customers import CustomerUpserts
from api.graphql.upserts.orders import OrderUpserts
from api.graphql.upserts.products import ProductUpserts
from api.graphql.upserts.rates import RateUpserts
from api.graphql.upserts.shipping import ShippingUpserts
from api.graphql.upserts.touchpoints import TouchpointUpserts


@strawberry.type
class Upserts(CustomerUpserts, OrderUpserts, ProductUpserts, RateUpserts, ShippingUpserts, TouchpointUpserts):
    pass
