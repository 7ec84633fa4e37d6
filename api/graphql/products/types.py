"""Products and categories as the API shows them."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Optional

import strawberry

from api.graphql.external import ExternalId, ExternalIdFilter, ExternalKey
from api.graphql.fields import column, reads, relation
from api.graphql.filters import (
    BooleanFilter,
    DateTimeFilter,
    DecimalFilter,
    IdFilter,
    IntFilter,
    Many,
    TextFilter,
)
from api.graphql.money import Money
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.products.stock_filters import StockLevelFilter
from api.graphql.relay import Connection, Node
from domain.contents.queries import contents_of_product
from domain.products.queries import (
    categories,
    category_periods,
    category_versions,
    price_periods,
    product_attributes,
    product_changes,
    products,
    products_at_or_below,
    products_of_category,
)
from domain.products.stock_queries import stock_of_product, total_stock_of_product

if TYPE_CHECKING:
    from api.graphql.contents.types import Content
    from api.graphql.products.stock_types import StockLevel


@filters
class CategoryFilter:
    id: IdFilter | None = where(categories.id)
    name: TextFilter | None = where(categories.name)
    english_name: TextFilter | None = where(categories.english_name)
    top: BooleanFilter | None = where(categories.top, description="Whether it stands at the top of the tree.")
    depth: IntFilter | None = where(categories.depth, description="0 at the top.")
    parent: Optional["CategoryFilter"] = where(categories.parent)
    in_category: Optional["CategoryFilter"] = where(
        categories.at_or_above, description="It is such a category, or lies below one at any depth."
    )
    created_at: DateTimeFilter | None = where(categories.created_at)
    updated_at: DateTimeFilter | None = where(categories.updated_at)


@reads(category_versions)
@strawberry.type
class CategoryVersion:
    """The name and the place a category had for a time."""

    valid_from: datetime = column(
        category_versions.valid_from, description="The first from the year 1: nobody knows of one before."
    )
    valid_to: datetime | None = column(
        category_versions.valid_to,
        description="The first moment that is not part of it; null for the present.",
    )
    name: str
    english_name: str | None
    parent: Optional["Category"] = relation(category_versions.parent)


@reads(
    categories,
    filter=CategoryFilter,
    order=ordering(
        "Category",
        NAME=categories.name,
        CREATED_AT=categories.created_at,
        UPDATED_AT=categories.updated_at,
        ID=categories.id,
    ),
)
@strawberry.type
class Category(Node):
    """A node of the category tree, of any depth."""

    name: str
    english_name: str | None
    path: list[str] = column(categories.path, description="The names from the top of the tree to this one.")
    depth: int = column(categories.depth, description="0 at the top.")
    parent: Optional["Category"] = relation(categories.parent)
    children: Connection["Category"] = relation(categories.children)
    products: Connection["Product"] = relation(products_of_category, description="Those right in it.")
    all_products: Connection["Product"] = relation(
        products_at_or_below, description="Those in it and in all that lies below it."
    )
    history: Connection[CategoryVersion] = relation(
        categories.history, description="Its names and places, the present one first."
    )
    created_at: datetime
    updated_at: datetime
    version: int


@strawberry.input(
    one_of=True, description="A product by id, by its code, or by the id that another system has for it."
)
class ProductKey:
    id: strawberry.ID | None = where(products.id)
    code: str | None = where(products.code)
    external: ExternalKey | None = where(products.external_ids)


@filters
class ProductAttributeFilter:
    name: TextFilter | None = where(product_attributes.name)
    value: TextFilter | None = where(product_attributes.value)
    number: DecimalFilter | None = where(
        product_attributes.number, description="The value, where it is a number."
    )


@reads(product_attributes, filter=ProductAttributeFilter)
@strawberry.type
class ProductAttribute:
    """One attribute of a product: colour, size, weight."""

    name: str
    value: str
    number: Decimal | None = column(
        product_attributes.number, description="The value, where it is written as a number."
    )


@filters
class ProductFilter:
    id: IdFilter | None = where(products.id)
    code: TextFilter | None = where(products.code)
    name: TextFilter | None = where(products.name)
    english_name: TextFilter | None = where(products.english_name)
    active: BooleanFilter | None = where(products.active)
    list_price: DecimalFilter | None = where(products.list_price)
    unit_cost: DecimalFilter | None = where(products.unit_cost)
    currency: TextFilter | None = where(products.currency)
    category: CategoryFilter | None = where(products.category, description="The category it is right in.")
    in_category: CategoryFilter | None = where(
        products.at_or_above, description="It lies in such a category, or below one at any depth."
    )
    attributes: Many[ProductAttributeFilter] | None = where(products.attributes)
    stock: Many[StockLevelFilter] | None = where(stock_of_product)
    total_stock: DecimalFilter | None = where(
        total_stock_of_product, description="Over all warehouses; null where none told of it."
    )
    external_ids: Many[ExternalIdFilter] | None = where(products.external_ids)
    created_at: DateTimeFilter | None = where(products.created_at)
    updated_at: DateTimeFilter | None = where(products.updated_at)


@reads(product_changes)
@strawberry.type
class ProductChange:
    """One value of a product that was changed, as text."""

    field: str
    old: str | None
    new: str | None
    changed_at: datetime
    origin: str = column(
        product_changes.origin, description='Who changed it, e.g. "user:kim" or "import:erp".'
    )


@reads(category_periods)
@strawberry.type
class ProductCategoryPeriod:
    """The category a product was in for a time."""

    valid_from: datetime
    valid_to: datetime | None
    category: Category | None = relation(category_periods.category)


@reads(price_periods)
@strawberry.type
class ProductPricePeriod:
    """The amounts a product had for a time."""

    valid_from: datetime
    valid_to: datetime | None
    list_price: Money | None = column(price_periods.list_price, price_periods.currency)
    unit_cost: Money | None = column(price_periods.unit_cost, price_periods.currency)


@reads(
    products,
    filter=ProductFilter,
    order=ordering(
        "Product",
        NAME=products.name,
        CODE=products.code,
        LIST_PRICE=products.list_price,
        CREATED_AT=products.created_at,
        UPDATED_AT=products.updated_at,
        ID=products.id,
    ),
)
@strawberry.type
class Product(Node):
    """Something that is sold."""

    code: str
    name: str
    english_name: str | None
    category: Category | None = relation(products.category)
    list_price: Money | None = column(products.list_price, products.currency)
    unit_cost: Money | None = column(products.unit_cost, products.currency)
    active: bool = column(products.active, description="False once it is discontinued.")
    attributes: Connection[ProductAttribute] = relation(products.attributes)
    external_ids: list[ExternalId] = relation(
        products.external_ids,
        most=20,
        description="The first 20 by system; `allExternalIds` has all.",
        deprecation_reason="Since 2026-11-23: `allExternalIds` has all, page by page.",
    )
    all_external_ids: Connection[ExternalId] = relation(products.external_ids)
    stock: Connection[Annotated["StockLevel", strawberry.lazy("api.graphql.products.stock_types")]] = (
        relation(stock_of_product, description="In each warehouse, as SCM last said.")
    )
    total_stock: Decimal | None = column(
        total_stock_of_product, description="Over all warehouses; null where none told of it."
    )
    contents: Connection[Annotated["Content", strawberry.lazy("api.graphql.contents.types")]] = relation(
        contents_of_product, description="Those that are about it, also retired ones."
    )
    history: Connection[ProductChange] = relation(
        products.history, description="What was changed, latest first."
    )
    category_history: Connection[ProductCategoryPeriod] = relation(
        products.category_history, description="The categories it was in, the present one first."
    )
    price_history: Connection[ProductPricePeriod] = relation(
        products.price_history, description="The amounts it had, the present ones first."
    )
    created_at: datetime
    updated_at: datetime
    version: int
