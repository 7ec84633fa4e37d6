"""Warehouses and stock as the API shows them."""

from datetime import datetime
from decimal import Decimal

import strawberry

from api.graphql.branches.types import Branch
from api.graphql.fields import column, reads, relation
from api.graphql.planning.browsing import ordering
from api.graphql.products.stock_filters import StockLevelFilter, WarehouseFilter
from api.graphql.products.types import Product
from api.graphql.relay import Connection, Node
from domain.products.stock_queries import stock_levels, warehouses


@reads(
    warehouses,
    filter=WarehouseFilter,
    order=ordering(
        "Warehouse",
        CODE=warehouses.code,
        NAME=warehouses.name,
        CREATED_AT=warehouses.created_at,
        UPDATED_AT=warehouses.updated_at,
        ID=warehouses.id,
    ),
)
@strawberry.type
class Warehouse(Node):
    """A place that holds stock."""

    code: str
    name: str
    active: bool
    branch: Branch | None = relation(warehouses.branch, description="The branch that keeps it.")
    stock: Connection["StockLevel"] = relation(warehouses.stock)
    created_at: datetime
    updated_at: datetime
    version: int


@reads(
    stock_levels,
    filter=StockLevelFilter,
    order=ordering(
        "StockLevel",
        QUANTITY=stock_levels.quantity,
        AS_OF=stock_levels.as_of,
        CREATED_AT=stock_levels.created_at,
        UPDATED_AT=stock_levels.updated_at,
        ID=stock_levels.id,
    ),
)
@strawberry.type
class StockLevel(Node):
    """How much of a product a warehouse holds, as SCM last said."""

    product: Product = relation(stock_levels.product)
    warehouse: Warehouse = relation(stock_levels.warehouse)
    quantity: Decimal = column(stock_levels.quantity, description="Below zero is owed to somebody.")
    as_of: datetime = column(stock_levels.as_of, description="When it was so; the latest is kept.")
    source_system: str
    created_at: datetime
    updated_at: datetime
    version: int
