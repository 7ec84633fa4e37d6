"""Mutations of payments and shipments."""

import strawberry

from api.graphql.inputs import key
from api.graphql.inputs import money as read_money
from api.graphql.orders.payment_inputs import (
    CreateShipmentInput,
    MovePaymentInput,
    MoveShipmentInput,
    RecordPaymentInput,
    RefundPaymentInput,
    new_payment,
    shipment_details,
    shipped_products,
    source_id,
)
from api.graphql.orders.payment_types import Payment
from api.graphql.orders.shipment_types import Shipment
from api.graphql.writes import Write, writes
from api.permissions import Action
from domain.errors import StaleVersion
from domain.orders import payments, shipments
from domain.orders.errors import (
    ExternalIdTaken,
    MoveNotAllowed,
    OrderCancelled,
    RefundTooLarge,
    ShipmentTooLarge,
)
from domain.orders.payment_queries import payments as all_payments
from domain.orders.shipment_queries import shipments as all_shipments

_MOVES = {"MOVE_NOT_ALLOWED": MoveNotAllowed, "STALE_VERSION": StaleVersion}
_TAKEN = {"EXTERNAL_ID_TAKEN": ExternalIdTaken}


@strawberry.type
class PaymentMutation:
    @writes(Payment, all_payments, Action.CREATE, errors=_TAKEN)
    async def record_payment(write: Write, input: RecordPaymentInput) -> int:
        """Book a payment of an order."""
        return await payments.record_payment(
            write.session,
            key(input.order_id, "Order", "order_id"),
            new_payment(input),
            actor=write.actor,
            now=write.now,
        )

    @writes(Payment, all_payments, Action.UPDATE, errors=_MOVES)
    async def move_payment(write: Write, input: MovePaymentInput) -> int:
        """Tell what became of a payment: each state is kept with its time."""
        payment_id = key(input.id, "Payment", "id")
        await payments.move_payment(
            write.session,
            payment_id,
            input.state,
            expected_version=input.expected_version,
            actor=write.actor,
            now=write.now,
            at=input.at,
        )
        return payment_id

    @writes(Payment, all_payments, Action.UPDATE, errors={**_MOVES, "REFUND_TOO_LARGE": RefundTooLarge})
    async def refund_payment(write: Write, input: RefundPaymentInput) -> int:
        """Give a payment back, whole or in part."""
        payment_id = key(input.id, "Payment", "id")
        await payments.refund_payment(
            write.session,
            payment_id,
            given_back=None if input.amount is None else read_money(input.amount),
            expected_version=input.expected_version,
            actor=write.actor,
            now=write.now,
            at=input.at,
        )
        return payment_id

    @writes(
        Shipment,
        all_shipments,
        Action.CREATE,
        errors={**_TAKEN, "CANCELLED": OrderCancelled, "SHIPMENT_TOO_LARGE": ShipmentTooLarge},
    )
    async def create_shipment(write: Write, input: CreateShipmentInput) -> int:
        """Send goods of an order: no more of a product than is ordered and in no other shipment."""
        return await shipments.create_shipment(
            write.session,
            key(input.order_id, "Order", "order_id"),
            shipped_products(input.lines),
            details=shipment_details(input),
            state=input.state,
            at=input.at,
            external_id=source_id(input.external_id),
            actor=write.actor,
            now=write.now,
        )

    @writes(Shipment, all_shipments, Action.UPDATE, errors={**_MOVES, "CANCELLED": OrderCancelled})
    async def move_shipment(write: Write, input: MoveShipmentInput) -> int:
        """Tell what became of a shipment: each state is kept with its time."""
        shipment_id = key(input.id, "Shipment", "id")
        await shipments.move_shipment(
            write.session,
            shipment_id,
            input.state,
            details=shipment_details(input),
            expected_version=input.expected_version,
            actor=write.actor,
            now=write.now,
            at=input.at,
        )
        return shipment_id
