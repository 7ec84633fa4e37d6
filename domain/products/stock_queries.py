"""What may be asked of warehouses and stock. Everybody sees them."""

from sqlalchemy import ColumnElement, func, select

from domain.base import QUANTITY
from domain.branches.queries import branches
from domain.products.queries import products
from domain.products.stock_model import StockLevel, Warehouse
from domain.selection.entities import ASC, Entity, Row, computed, many, one


class Warehouses(Entity):
    branch = one(lambda: branches, on=lambda warehouse, branch: branch.c.id == warehouse.c.branch_id)
    stock = many(lambda: stock_levels, on=lambda warehouse, level: level.c.warehouse_id == warehouse.c.id)


warehouses = Warehouses("Warehouse", Warehouse.__table__, order=(("code", ASC),))


class StockLevels(Entity):
    product = one(
        lambda: products, on=lambda level, product: product.c.id == level.c.product_id, nullable=False
    )
    warehouse = one(
        lambda: warehouses, on=lambda level, place: place.c.id == level.c.warehouse_id, nullable=False
    )


stock_levels: StockLevels = StockLevels(
    "StockLevel", StockLevel.__table__, order=(("product_id", ASC), ("warehouse_id", ASC))
)

stock_of_product = many(lambda: stock_levels, on=lambda product, level: level.c.product_id == product.c.id)


def _total(product: Row) -> ColumnElement[object]:
    level = StockLevel.__table__.alias()
    found = select(func.sum(level.c.quantity)).where(level.c.product_id == product.c.id).correlate(product)
    return found.scalar_subquery()


total_stock_of_product = computed(_total, QUANTITY, name="total_stock")
