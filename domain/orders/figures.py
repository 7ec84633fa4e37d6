"""What an order comes to: its amounts, what came back, how far it is shipped. Each is SQL over one row of orders."""

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, case, exists, func, literal_column, or_, select

from domain.orders.model import LineKind, Order, OrderLine
from domain.orders.payment_model import Payment
from domain.orders.shipment_model import Shipment, ShipmentLine, ShipmentState
from domain.selection.entities import Row
from domain.selection.gathering import Gathering, Part

TO_SHIP = (LineKind.SALE, LineKind.FREE, LineKind.CANCELLATION)
"""Lines that say how much there is to ship. What is returned was shipped before."""


class ShippedState(StrEnum):
    """How far an order's goods are on their way to the customer."""

    NOTHING_TO_SHIP = "NOTHING_TO_SHIP"
    NOT_SHIPPED = "NOT_SHIPPED"
    PARTLY_SHIPPED = "PARTLY_SHIPPED"
    SHIPPED = "SHIPPED"
    DELIVERED = "DELIVERED"


_line, _payment = OrderLine.__table__.alias(), Payment.__table__.alias()


def _sum_of_lines(column: str) -> Part:
    return Part(value=func.sum(_line.c[column]), rows=_line, key=_line.c.order_id)


def _or_nothing(amount: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.coalesce(amount, 0)


_paid = Part(
    value=func.sum(_payment.c.amount - _payment.c.refunded_amount),
    rows=_payment,
    key=_payment.c.order_id,
    where=(_payment.c.paid_at.is_not(None),),
)

NET_REVENUE = Gathering(_or_nothing, (_sum_of_lines("net_revenue"),), whole=True)
"""The sum of the order's lines, returns taken off."""

GROSS = Gathering(_or_nothing, (_sum_of_lines("gross"),), whole=True)
"""The sum of the order's lines before discounts, returns taken off."""

PAID = Gathering(_or_nothing, (_paid,), whole=True)
"""What was paid and not given back."""

OPEN = Gathering(
    lambda net, paid: _or_nothing(net) - _or_nothing(paid),
    (_sum_of_lines("net_revenue"), _paid),
    whole=True,
)
"""What is still to be paid; below zero what is owed to the customer."""


def _returns(order: Row) -> tuple[Any, ColumnElement[bool]]:
    """Lines that take goods back, of the order itself and of its credit notes."""
    line, note = OrderLine.__table__.alias(), Order.__table__.alias()
    notes = select(note.c.id).where(note.c.original_id == order.c.id).correlate(order)
    of_order = or_(line.c.order_id == order.c.id, line.c.order_id.in_(notes))
    return line, (line.c.kind == LineKind.RETURN.value) & of_order


def returned_quantity(order: Row) -> ColumnElement[Any]:
    """How many pieces came back."""
    line, condition = _returns(order)
    total = select(-func.sum(line.c.quantity)).where(condition).correlate(order)
    return func.coalesce(total.scalar_subquery(), 0)


def has_returns(order: Row) -> ColumnElement[bool]:
    """Whether anything came back."""
    line, condition = _returns(order)
    return exists().select_from(line).where(condition).correlate(order)


def returned_of_line(line: Row) -> ColumnElement[Any]:
    """How much of the line was returned or cancelled, by lines that name it."""
    other = OrderLine.__table__.alias()
    total = select(-func.sum(other.c.quantity)).where(other.c.returned_line_id == line.c.id).correlate(line)
    return func.coalesce(total.scalar_subquery(), 0)


def shipped_state(order: Row) -> ColumnElement[str]:
    """A name of ShippedState: by product, what is to be shipped against what shipments carry."""
    line = OrderLine.__table__.alias()
    due = (
        select(line.c.product_id, func.sum(line.c.quantity).label("quantity"))
        .where(
            line.c.order_id == order.c.id, line.c.kind.in_(_names(*TO_SHIP)), line.c.product_id.is_not(None)
        )
        .group_by(line.c.product_id)
        .having(func.sum(line.c.quantity) > 0)
        .correlate(order)
        .subquery("due")
    )
    away = _carried(order, due, ShipmentState.SHIPPED, ShipmentState.DELIVERED)
    there = _carried(order, due, ShipmentState.DELIVERED)
    found = select(
        case(
            (func.count() == 0, _text(ShippedState.NOTHING_TO_SHIP)),
            (func.bool_and(there >= due.c.quantity), _text(ShippedState.DELIVERED)),
            (func.bool_and(away >= due.c.quantity), _text(ShippedState.SHIPPED)),
            (func.bool_or(away > 0), _text(ShippedState.PARTLY_SHIPPED)),
            else_=_text(ShippedState.NOT_SHIPPED),
        )
    )
    return found.select_from(due).scalar_subquery()


def _carried(order: Row, due: Row, *states: ShipmentState) -> ColumnElement[Any]:
    shipment, line = Shipment.__table__.alias(), ShipmentLine.__table__.alias()
    carried: ScalarSelect[Any] = (
        select(func.sum(line.c.quantity))
        .join_from(shipment, line, line.c.shipment_id == shipment.c.id)
        .where(
            shipment.c.order_id == order.c.id,
            shipment.c.state.in_(_names(*states)),
            line.c.product_id == due.c.product_id,
        )
        .correlate(order, due)
        .scalar_subquery()
    )
    return func.coalesce(carried, 0)


def _text(name: StrEnum) -> ColumnElement[str]:
    """One of a few names, written into the statement: no parameter for what never changes."""
    return literal_column(f"'{name.value}'")


def _names(*names: StrEnum) -> list[ColumnElement[str]]:
    return [_text(name) for name in names]
