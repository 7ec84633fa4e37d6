"""Filters of warehouses and stock."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from api.graphql.branches.types import BranchFilter
from api.graphql.filters import BooleanFilter, DateTimeFilter, DecimalFilter, IdFilter, TextFilter
from api.graphql.planning.filters import filters, where
from domain.products.stock_queries import stock_levels, warehouses

if TYPE_CHECKING:
    from api.graphql.products.types import ProductFilter


@filters
class WarehouseFilter:
    id: IdFilter | None = where(warehouses.id)
    code: TextFilter | None = where(warehouses.code)
    name: TextFilter | None = where(warehouses.name)
    active: BooleanFilter | None = where(warehouses.active)
    branch: BranchFilter | None = where(warehouses.branch)
    created_at: DateTimeFilter | None = where(warehouses.created_at)
    updated_at: DateTimeFilter | None = where(warehouses.updated_at)


@filters
class StockLevelFilter:
    id: IdFilter | None = where(stock_levels.id)
    quantity: DecimalFilter | None = where(stock_levels.quantity)
    as_of: DateTimeFilter | None = where(stock_levels.as_of)
    source_system: TextFilter | None = where(stock_levels.source_system)
    warehouse: WarehouseFilter | None = where(stock_levels.warehouse)
    product: Annotated["ProductFilter", strawberry.lazy("api.graphql.products.types")] | None = where(
        stock_levels.product
    )
    created_at: DateTimeFilter | None = where(stock_levels.created_at)
    updated_at: DateTimeFilter | None = where(stock_levels.updated_at)
