"""What is told about warehouses and stock."""

from datetime import datetime
from decimal import Decimal

import strawberry
from strawberry import Maybe

from api.graphql.inputs import key, key_at, said
from domain.products.stock import ToldLevel, WarehouseDetails


@strawberry.input(description="A new warehouse.")
class CreateWarehouseInput:
    code: str = strawberry.field(description="Unique, and never changed.")
    name: str
    branch_id: Maybe[strawberry.ID | None] = strawberry.field(description="The branch that keeps it.")


@strawberry.input(description="A change of a warehouse: what is absent is left as it is, null clears.")
class UpdateWarehouseInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    name: Maybe[str | None]
    branch_id: Maybe[strawberry.ID | None] = strawberry.field(description="The branch that keeps it.")
    active: Maybe[bool | None]


@strawberry.input(description="How much of a product a warehouse holds.")
class StockLevelInput:
    product_id: strawberry.ID
    warehouse_id: strawberry.ID
    quantity: Decimal
    as_of: datetime | None = strawberry.field(
        default=None,
        description="When it was so: now, unless it says when. Older than what is known is STALE.",
    )


@strawberry.input(description="Stock as it was counted or told.")
class SetStockInput:
    source_system: str = strawberry.field(description="Who says so.")
    levels: list[StockLevelInput]


def warehouse_details(input: CreateWarehouseInput | UpdateWarehouseInput) -> WarehouseDetails:
    """The details for the domain. Raises Invalid for an id of another type."""
    found: WarehouseDetails = said(input, branch_id=key_at("Branch", "branch_id"))
    return found


def told_level(given: StockLevelInput, place: int, *, now: datetime) -> ToldLevel:
    """The level for the domain. Raises Invalid for an id of another type, with its place."""
    return ToldLevel(
        product_id=key(given.product_id, "Product", "levels", place, "product_id"),
        warehouse_id=key(given.warehouse_id, "Warehouse", "levels", place, "warehouse_id"),
        quantity=given.quantity,
        as_of=given.as_of or now,
    )
