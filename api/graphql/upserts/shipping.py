"""Upserts of payments, shipments and stock."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import strawberry
from strawberry import Maybe

from api.graphql.enums import PaymentMethod, PaymentState, ShipmentState
from api.graphql.money import MoneyInput
from api.graphql.orders.payment_types import Payment
from api.graphql.orders.shipment_types import Shipment
from api.graphql.products.stock_types import StockLevel
from api.graphql.products.types import ProductKey
from api.graphql.upserts.field import through, upserts
from api.graphql.upserts.inputs import amount, each, naming, reading
from api.graphql.upserts.keys import GivenPlace, OrderKey, UpsertKey, WarehouseKey
from api.graphql.upserts.scalars import SourceVersion
from api.graphql.writes import Write
from domain.customers.errors import OutOfSight
from domain.intake.upserts.outcomes import Outcome, Policy
from domain.intake.upserts.payments import PAYMENTS
from domain.intake.upserts.shipments import SHIPMENTS
from domain.intake.upserts.stock import upsert_stock
from domain.orders.payment_queries import payments
from domain.orders.shipment_queries import shipments
from domain.products.stock_queries import stock_levels


@strawberry.input(description="What a system says of one payment, told as a whole.")
class UpsertPayment:
    key: UpsertKey
    source_version: Maybe[SourceVersion | None]
    order: OrderKey
    method: PaymentMethod
    amount: MoneyInput = strawberry.field(description="In the order's currency.")
    refunded_amount: Maybe[MoneyInput | None] = strawberry.field(
        description="What of it was given back: nothing unless given, and all where it is REFUNDED."
    )
    state: PaymentState
    state_at: datetime = strawberry.field(description="When it reached that state.")
    booked_at: Maybe[datetime | None] = strawberry.field(
        description="stateAt of the first time unless given."
    )
    paid_at: Maybe[datetime | None] = strawberry.field(
        description="When it was first told as paid unless given."
    )


@strawberry.input(description="Payments as a system booked them, 1 to 10,000 a call.")
class UpsertPaymentsInput:
    policy: Policy
    rows: list[UpsertPayment]


@strawberry.input(description="How much of a product a shipment carries.")
class UpsertShipmentLine:
    product: ProductKey
    quantity: Decimal


@strawberry.input(
    description="What a system says of one shipment: what is absent is left as it is, null clears."
)
class UpsertShipment:
    key: UpsertKey
    source_version: Maybe[SourceVersion | None]
    order: Maybe[OrderKey | None] = strawberry.field(description="A new shipment needs one.")
    warehouse: Maybe[WarehouseKey | None]
    carrier: Maybe[str | None]
    tracking: Maybe[str | None]
    state: Maybe[ShipmentState | None] = strawberry.field(
        description="Together with stateAt. A new shipment needs it."
    )
    state_at: Maybe[datetime | None] = strawberry.field(description="When it reached that state.")
    booked_at: Maybe[datetime | None] = strawberry.field(
        description="stateAt of the first time unless given."
    )
    shipped_at: Maybe[datetime | None]
    delivered_at: Maybe[datetime | None]
    lines: Maybe[list[UpsertShipmentLine] | None] = strawberry.field(
        description="All that it carries, each product once: they replace those that it had."
    )


@strawberry.input(description="Shipments as a system knows them, 1 to 10,000 a call.")
class UpsertShipmentsInput:
    policy: Policy
    rows: list[UpsertShipment]


@strawberry.input(
    description="How much of a product a warehouse holds. The later asOf wins: an earlier one is STALE."
)
class UpsertStockLevel:
    product: ProductKey
    warehouse: WarehouseKey
    quantity: Decimal
    as_of: datetime


@strawberry.input(description="Stock as a system counts it, 1 to 10,000 levels a call.")
class UpsertStockInput:
    system: str = strawberry.field(description="Which system says so.")
    policy: Policy
    rows: list[UpsertStockLevel]


_payment = reading(
    key=naming("key", "Payment"),
    order=naming("order", "Order"),
    amount=amount,
    refunded_amount=amount,
)
_shipment = reading(
    key=naming("key", "Shipment"),
    order=naming("order", "Order"),
    warehouse=naming("warehouse", "Warehouse"),
    lines=each(reading(product=naming("product", "Product"))),
)
_level = reading(product=naming("product", "Product"), warehouse=naming("warehouse", "Warehouse"))


async def _upsert_stock(write: Write, given: Mapping[str, Any], rows: Sequence[Any]) -> list[Outcome]:
    return await upsert_stock(
        write.session, rows, system=given["system"], actor=write.actor, policy=given["policy"], now=write.now
    )


@strawberry.type
class ShippingUpserts:
    upsert_payments: Any = upserts(
        "upsert_payments",
        Payment,
        payments,
        UpsertPaymentsInput,
        _payment,
        through(PAYMENTS),
        errors={"OUT_OF_SIGHT": OutOfSight},
        description="Create or change payments of orders by the names that other systems have for them.",
    )
    upsert_shipments: Any = upserts(
        "upsert_shipments",
        Shipment,
        shipments,
        UpsertShipmentsInput,
        _shipment,
        through(SHIPMENTS),
        errors={"OUT_OF_SIGHT": OutOfSight},
        description="Create or change shipments of orders by the names that other systems have for them.",
    )
    upsert_stock: Any = upserts(
        "upsert_stock",
        StockLevel,
        stock_levels,
        UpsertStockInput,
        _level,
        _upsert_stock,
        key=GivenPlace,
        echo=lambda row: {"product": row["product"], "warehouse": row["warehouse"]},
        description="Tell how much of products lies in warehouses.",
    )
