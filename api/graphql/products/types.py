"""Products and categories as the API shows them."""

from datetime import datetime
from typing import Optional

import strawberry

from api.graphql.external import ExternalId, ExternalIdFilter
from api.graphql.fields import column, reads, relation
from api.graphql.filters import BooleanFilter, DateTimeFilter, IdFilter, TextFilter
from api.graphql.money import Money
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.relay import Connection, Node
from domain.products.queries import categories, products, products_of_category


@filters
class CategoryFilter:
    id: IdFilter | None = where(categories.id)
    name: TextFilter | None = where(categories.name)


@reads(categories, filter=CategoryFilter, order=ordering("Category", NAME=categories.name, ID=categories.id))
@strawberry.type
class Category(Node):
    """A node of the category tree, of any depth."""

    name: str
    path: list[str] = column(categories.path, description="The names from the top of the tree to this one.")
    parent: Optional["Category"] = relation(categories.parent)
    children: Connection["Category"] = relation(categories.children)
    products: Connection["Product"] = relation(products_of_category)
    version: int


@filters
class ProductFilter:
    id: IdFilter | None = where(products.id)
    code: TextFilter | None = where(products.code)
    name: TextFilter | None = where(products.name)
    active: BooleanFilter | None = where(products.active)
    category: CategoryFilter | None = where(products.category)
    external_id: ExternalIdFilter | None = where(products.external_ids)
    created_at: DateTimeFilter | None = where(products.created_at)


@reads(
    products,
    filter=ProductFilter,
    order=ordering(
        "Product", NAME=products.name, CODE=products.code, CREATED_AT=products.created_at, ID=products.id
    ),
)
@strawberry.type
class Product(Node):
    """Something that is sold."""

    code: str
    name: str
    category: Category | None = relation(products.category)
    list_price: Money | None = column(products.list_price, products.currency)
    unit_cost: Money | None = column(products.unit_cost, products.currency)
    active: bool
    external_ids: list[ExternalId] = relation(products.external_ids)
    created_at: datetime
    updated_at: datetime
    version: int
