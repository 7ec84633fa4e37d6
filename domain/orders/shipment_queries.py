"""What may be asked of shipments. Whoever sees an order sees its shipments."""

from sqlalchemy import ColumnElement, FromClause, true

from domain.access import Actor
from domain.orders.queries import orders, visible_order
from domain.orders.shipment_model import Shipment, ShipmentLine, ShipmentStateReached
from domain.products.queries import products
from domain.products.stock_queries import warehouses
from domain.roles import Scope
from domain.selection.entities import ASC, DESC, Entity, Term, many, one


def visible_to(actor: Actor, shipment: FromClause = Shipment.__table__) -> ColumnElement[bool]:
    """The shipments that the actor may see, as a condition on the table or on an alias of it."""
    return true() if actor.scope is Scope.ALL else visible_order(actor, shipment.c.order_id)


class ShipmentLines(Entity):
    product = one(
        lambda: products, on=lambda line, product: product.c.id == line.c.product_id, nullable=False
    )


shipment_lines = ShipmentLines("ShipmentLine", ShipmentLine.__table__)
shipment_states = Entity("ShipmentStateReached", ShipmentStateReached.__table__)


class Shipments(Entity):
    order = one(lambda: orders, on=lambda shipment, order: order.c.id == shipment.c.order_id)
    warehouse = one(lambda: warehouses, on=lambda shipment, place: place.c.id == shipment.c.warehouse_id)
    lines = many(
        lambda: shipment_lines,
        on=lambda shipment, line: line.c.shipment_id == shipment.c.id,
        order=(Term(shipment_lines.product_id),),
    )
    states = many(
        lambda: shipment_states,
        on=lambda shipment, reached: reached.c.shipment_id == shipment.c.id,
        order=(Term(shipment_states.reached_at), Term(shipment_states.id)),
    )


shipments = Shipments("Shipment", Shipment.__table__, visible_to=visible_to, order=(("booked_at", DESC),))

shipments_of_order = many(
    lambda: shipments,
    on=lambda order, shipment: shipment.c.order_id == order.c.id,
    order=(Term(shipments.booked_at, ASC),),
)
