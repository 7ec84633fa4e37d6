"""Root fields of products, categories, warehouses and stock."""

import strawberry

from api.graphql.products.stock_types import StockLevel, Warehouse
from api.graphql.products.types import Category, Product, ProductKey
from api.graphql.relay import Connection
from api.graphql.roots import all_of, by_id, by_key
from domain.products.queries import categories, products
from domain.products.stock_queries import stock_levels, warehouses


@strawberry.type
class ProductQuery:
    product: Product | None = by_id(products)
    product_by: Product | None = by_key(products, ProductKey)
    products: Connection[Product] = all_of(products)
    category: Category | None = by_id(categories)
    categories: Connection[Category] = all_of(
        categories, description="The tree from the top: `filter: {top: {eq: true}}`, then `children`."
    )
    warehouse: Warehouse | None = by_id(warehouses)
    warehouses: Connection[Warehouse] = all_of(warehouses)
    stock_levels: Connection[StockLevel] = all_of(
        stock_levels, description="What runs short: `filter: {quantity: {lt: ...}}`."
    )
