"""What may be asked of payments. Whoever sees an order sees its payments."""

from sqlalchemy import ColumnElement, FromClause, Text, select, true

from domain.access import Actor
from domain.company.amounts import amount
from domain.orders.payment_model import Payment, PaymentStateReached
from domain.orders.queries import orders, visible_order
from domain.roles import Scope
from domain.selection.entities import ASC, DESC, Entity, Row, Term, computed, many, one


def visible_to(actor: Actor, payment: FromClause = Payment.__table__) -> ColumnElement[bool]:
    """The payments that the actor may see, as a condition on the table or on an alias of it."""
    return true() if actor.scope is Scope.ALL else visible_order(actor, payment.c.order_id)


def _currency(reached: Row) -> ColumnElement[str]:
    payment = Payment.__table__.alias()
    found = select(payment.c.currency).where(payment.c.id == reached.c.payment_id)
    return found.correlate(reached).scalar_subquery()


class PaymentStates(Entity):
    amount = amount(lambda reached: reached.c.amount, _currency, nullable=False)
    currency = computed(_currency, Text(), nullable=False)


payment_states = PaymentStates("PaymentStateReached", PaymentStateReached.__table__)


class Payments(Entity):
    refunded_amount = amount(
        lambda payment: payment.c.refunded_amount, lambda payment: payment.c.currency, nullable=False
    )
    amount = amount(lambda payment: payment.c.amount, lambda payment: payment.c.currency, nullable=False)
    order = one(lambda: orders, on=lambda payment, order: order.c.id == payment.c.order_id)
    states = many(
        lambda: payment_states,
        on=lambda payment, reached: reached.c.payment_id == payment.c.id,
        order=(Term(payment_states.reached_at), Term(payment_states.id)),
    )


payments = Payments("Payment", Payment.__table__, visible_to=visible_to, order=(("booked_at", DESC),))

payments_of_order = many(
    lambda: payments,
    on=lambda order, payment: payment.c.order_id == order.c.id,
    order=(Term(payments.booked_at, ASC),),
)
