"""Payments as the API shows them."""

from datetime import datetime

import strawberry

from api.graphql.enums import PaymentMethod, PaymentState
from api.graphql.fields import column, reads, relation
from api.graphql.money import Money
from api.graphql.orders.filters import PaymentFilter
from api.graphql.orders.types import Order
from api.graphql.planning.browsing import ordering
from api.graphql.relay import Connection, Node
from domain.orders.payment_queries import payment_states, payments


@reads(payment_states)
@strawberry.type
class PaymentStateReached:
    """When a payment reached a state, and the amount: of a refund, what was given back then."""

    state: PaymentState
    amount: Money = column(payment_states.amount, payment_states.currency)
    reached_at: datetime


@reads(
    payments,
    filter=PaymentFilter,
    order=ordering(
        "Payment",
        BOOKED_AT=payments.booked_at,
        STATE_AT=payments.state_at,
        AMOUNT=payments.amount,
        CREATED_AT=payments.created_at,
        UPDATED_AT=payments.updated_at,
        ID=payments.id,
    ),
)
@strawberry.type
class Payment(Node):
    """One payment of an order, in the order's currency."""

    order: Order | None = relation(payments.order)
    method: PaymentMethod
    amount: Money = column(payments.amount, payments.currency)
    refunded_amount: Money = column(
        payments.refunded_amount, payments.currency, description="What of it was given back."
    )
    state: PaymentState = column(payments.state, description="REFUNDED once all of it was given back.")
    state_at: datetime = column(payments.state_at, description="When it reached its state.")
    states: Connection[PaymentStateReached] = relation(payments.states)
    booked_at: datetime = column(payments.booked_at, description="When its source booked it.")
    paid_at: datetime | None
    source_system: str
    source_id: str
    created_at: datetime
    updated_at: datetime
    version: int
