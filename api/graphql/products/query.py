"""Root fields of products and categories."""

import strawberry

from api.graphql.products.types import Category, Product
from api.graphql.relay import Connection
from api.graphql.roots import all_of, by_id
from domain.products.queries import categories, products


@strawberry.type
class ProductQuery:
    product: Product | None = by_id(products)
    products: Connection[Product] = all_of(products)
    categories: Connection[Category] = all_of(categories)
