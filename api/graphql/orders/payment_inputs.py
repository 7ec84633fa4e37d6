"""What is told about payments and shipments."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import strawberry
from strawberry import Maybe

from api.graphql.enums import PaymentMethod, PaymentState, ShipmentState
from api.graphql.inputs import key, key_at, money, said
from api.graphql.money import MoneyInput
from domain.orders.names import SourceId
from domain.orders.payments import NewPayment
from domain.orders.shipments import ShipmentDetails, ShippedProduct

NOW = "When that was: now, unless it says when."


@strawberry.input(description="The id that the system has for it, which says so.")
class SourceIdInput:
    system: str
    id: str


@strawberry.input(description="A payment of an order, in the order's currency.")
class RecordPaymentInput:
    order_id: strawberry.ID
    method: PaymentMethod
    amount: MoneyInput
    state: PaymentState = strawberry.field(
        default=PaymentState.PAID, description="AUTHORISED, PAID or FAILED."
    )
    at: datetime | None = strawberry.field(default=None, description=NOW)
    external_id: SourceIdInput | None = strawberry.field(
        default=None, description="The same twice is refused: no payment counts double."
    )


@strawberry.input(description="What became of a payment: AUTHORISED is PAID or FAILED, PAID may still fail.")
class MovePaymentInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    state: PaymentState
    at: datetime | None = strawberry.field(default=None, description=NOW)


@strawberry.input(description="Money that is given back.")
class RefundPaymentInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    amount: MoneyInput | None = strawberry.field(
        default=None, description="All that is left of the payment, unless it says how much."
    )
    at: datetime | None = strawberry.field(default=None, description=NOW)


@strawberry.input(description="How much of a product a shipment carries.")
class ShipmentLineInput:
    product_id: strawberry.ID
    quantity: Decimal


@strawberry.input
class ShipmentInput:
    """What may be told when a shipment is created and when it moves on."""

    warehouse_id: Maybe[strawberry.ID | None]
    carrier: Maybe[str | None]
    tracking: Maybe[str | None] = strawberry.field(description="The carrier's number for it.")


@strawberry.input(description="Goods of an order that are sent.")
class CreateShipmentInput(ShipmentInput):
    order_id: strawberry.ID
    lines: list[ShipmentLineInput]
    state: ShipmentState = strawberry.field(
        default=ShipmentState.PREPARING, description="PREPARING, SHIPPED or DELIVERED."
    )
    at: datetime | None = strawberry.field(default=None, description=NOW)
    external_id: SourceIdInput | None = strawberry.field(
        default=None, description="The same twice is refused: no shipment counts double."
    )


@strawberry.input(description="What became of a shipment: absent is left as it is, null clears.")
class MoveShipmentInput(ShipmentInput):
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    state: ShipmentState
    at: datetime | None = strawberry.field(default=None, description=NOW)


def new_payment(input: RecordPaymentInput) -> NewPayment:
    """The payment for the domain."""
    return NewPayment(
        method=input.method,
        amount=money(input.amount),
        state=input.state,
        at=input.at,
        external_id=source_id(input.external_id),
    )


def source_id(given: SourceIdInput | None) -> SourceId | None:
    """The id for the domain, if one is told."""
    return None if given is None else SourceId(given.system, given.id)


def shipped_products(given: Sequence[ShipmentLineInput]) -> list[ShippedProduct]:
    """What a shipment carries, for the domain. Raises Invalid for an id of another type, with its place."""
    return [
        ShippedProduct(key(each.product_id, "Product", "lines", place, "product_id"), each.quantity)
        for place, each in enumerate(given)
    ]


def shipment_details(input: ShipmentInput) -> ShipmentDetails:
    """The details for the domain. Raises Invalid for an id of another type."""
    found: ShipmentDetails = said(input, warehouse_id=key_at("Warehouse", "warehouse_id"))
    return found
