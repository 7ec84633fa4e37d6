"""Changes of shipments: created, moved on. A trigger keeps the states they went through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows, text
from domain.access import Actor
from domain.errors import Invalid, StaleVersion
from domain.messages import say
from domain.money import quantity
from domain.orders.commands import SYSTEM, locked
from domain.orders.errors import (
    ExternalIdTaken,
    MoveNotAllowed,
    OrderCancelled,
    ShipmentNotFound,
    ShipmentTooLarge,
)
from domain.orders.figures import TO_SHIP
from domain.orders.model import Order, OrderLine
from domain.orders.names import SourceId, checked_name
from domain.orders.payments import checked_time
from domain.orders.shipment_model import Shipment, ShipmentLine, ShipmentState
from domain.orders.shipment_queries import visible_to
from domain.products.stock_model import Warehouse

PREPARING, SHIPPED, DELIVERED, RETURNED, LOST = ShipmentState

MOVES: dict[ShipmentState, frozenset[ShipmentState]] = {
    PREPARING: frozenset({SHIPPED, DELIVERED, LOST}),
    SHIPPED: frozenset({DELIVERED, RETURNED, LOST}),
    DELIVERED: frozenset({RETURNED}),
    RETURNED: frozenset(),
    LOST: frozenset({DELIVERED, RETURNED}),
}
"""From each state to those that may follow: what was lost may be found."""

UNDER_WAY = (PREPARING, SHIPPED, DELIVERED)
"""What is in a shipment of these states is not to be shipped again."""


MOST_LINES = 1_000


@dataclass(frozen=True)
class ShippedProduct:
    """How much of a product a shipment carries."""

    product_id: int
    quantity: Decimal


class ShipmentDetails(TypedDict, total=False):
    """A key that is absent leaves the value as it is, None clears it."""

    carrier: str | None
    tracking: str | None
    warehouse_id: int | None


async def create_shipment(
    session: AsyncSession,
    order_id: int,
    lines: Sequence[ShippedProduct],
    *,
    actor: Actor,
    now: datetime,
    details: ShipmentDetails | None = None,
    state: ShipmentState = PREPARING,
    at: datetime | None = None,
    external_id: SourceId | None = None,
) -> int:
    """The shipment of the order is here, with what it carries; its key.

    Raises OrderNotFound, OrderCancelled, ShipmentTooLarge, ExternalIdTaken, Invalid. Six statements. The order is
    locked: of two shipments with its last piece, the second finds it taken.
    """
    order = await locked(session, order_id, None, actor=actor, at="order_id")
    if order.cancelled_at is not None:
        raise OrderCancelled(order.cancelled_at)
    if state not in (PREPARING, SHIPPED, DELIVERED):
        raise Invalid(say("a shipment begins as {allowed}", allowed="PREPARING, SHIPPED, DELIVERED"), "state")
    carried = _carried(lines)
    await _check_quantities(session, order_id, carried)
    columns = await _columns(session, details or {})
    reached = checked_time(at, now=now)
    name = checked_name(external_id, SYSTEM)
    made: int | None = await session.scalar(
        insert(Shipment)
        .values(
            source_system=name.system,
            source_id=name.id,
            order_id=order_id,
            booked_at=reached,
            **columns,
            **_reached(state, reached),
        )
        .on_conflict_do_nothing(index_elements=[Shipment.source_system, Shipment.source_id])
        .returning(Shipment.id)
    )
    if made is None:
        raise ExternalIdTaken(name.system, name.id)
    values = [{"shipment_id": made, "product_id": key, "quantity": each} for key, each in carried.items()]
    await session.execute(insert(ShipmentLine).values(values))
    return made


async def move_shipment(
    session: AsyncSession,
    shipment_id: int,
    state: ShipmentState,
    *,
    expected_version: int,
    actor: Actor,
    now: datetime,
    at: datetime | None = None,
    details: ShipmentDetails | None = None,
) -> None:
    """The shipment has reached the state at `at`, now unless it says when; its carrier and tracking may come with it.

    What was only prepared for an order that is cancelled by now is not sent. Raises ShipmentNotFound, StaleVersion,
    MoveNotAllowed, OrderCancelled, Invalid. At most four statements.
    """
    standing = await _locked(session, shipment_id, expected_version, actor=actor)
    here = ShipmentState(standing.state)
    if state not in MOVES[here]:
        raise MoveNotAllowed(here, state, MOVES[here])
    if here is PREPARING and state in UNDER_WAY:
        await _check_wanted(session, standing.order_id)
    reached = checked_time(at, now=now, since=standing.state_at)
    columns = await _columns(session, details or {})
    await session.execute(
        update(Shipment).where(Shipment.id == shipment_id).values(**columns, **_reached(state, reached))
    )


async def _check_wanted(session: AsyncSession, order_id: int) -> None:
    """The order is not cancelled, and stays so until the goods are on their way."""
    cancelled_at = await session.scalar(
        select(Order.cancelled_at).where(Order.id == order_id).with_for_update(read=True)
    )
    if cancelled_at is not None:
        raise OrderCancelled(cancelled_at)


def _reached(state: ShipmentState, at: datetime) -> dict[str, Any]:
    found: dict[str, Any] = {"state": state.value, "state_at": at}
    if state is SHIPPED:
        found["shipped_at"] = at
    if state is DELIVERED:
        found["delivered_at"] = at
    return found


def _carried(lines: Sequence[ShippedProduct]) -> Mapping[int, Decimal]:
    if not 1 <= len(lines) <= MOST_LINES:
        raise Invalid(
            say("{count} lines are given; allowed: 1 to {most}", count=len(lines), most=MOST_LINES), "lines"
        )
    found: dict[int, Decimal] = {}
    for place, each in enumerate(lines):
        pieces = quantity(each.quantity, "lines", place, "quantity")
        if pieces <= 0:
            raise Invalid(
                say("the quantity {value} is not above 0", value=pieces), "lines", place, "quantity"
            )
        if each.product_id in found:
            raise Invalid(say("this product is given twice"), "lines", place, "product_id")
        found[each.product_id] = pieces
    return found


async def _check_quantities(session: AsyncSession, order_id: int, carried: Mapping[int, Decimal]) -> None:
    ordered = await session.execute(
        select(OrderLine.product_id, func.sum(OrderLine.quantity).label("quantity"))
        .where(OrderLine.order_id == order_id, OrderLine.kind.in_(TO_SHIP))
        .group_by(OrderLine.product_id)
    )
    due = {row.product_id: row.quantity for row in ordered}
    shipped = await session.execute(
        select(ShipmentLine.product_id, func.sum(ShipmentLine.quantity).label("quantity"))
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(Shipment.order_id == order_id, Shipment.state.in_(UNDER_WAY))
        .group_by(ShipmentLine.product_id)
    )
    under_way = {row.product_id: row.quantity for row in shipped}
    for place, (product_id, pieces) in enumerate(carried.items()):
        if product_id not in due:
            raise Invalid(say("the order has no line of this product"), "lines", place, "product_id")
        taken = under_way.get(product_id, Decimal(0))
        if pieces > due[product_id] - taken:
            raise ShipmentTooLarge(
                "lines", place, "quantity", ordered=due[product_id], shipped=taken, asked=pieces
            )


async def _columns(session: AsyncSession, given: ShipmentDetails) -> dict[str, Any]:
    found: dict[str, Any] = dict(given)
    if given.get("carrier") is not None:
        found["carrier"] = text.name(found["carrier"], "carrier", limit=100)
    if given.get("tracking") is not None:
        found["tracking"] = text.key(found["tracking"], "tracking", limit=100)
    warehouse_id = given.get("warehouse_id")
    if warehouse_id is not None and not await rows.known(session, Warehouse.id, {warehouse_id}):
        raise Invalid(say("there is no such warehouse"), "warehouse_id")
    return found


async def _locked(
    session: AsyncSession, shipment_id: int, expected_version: int, *, actor: Actor
) -> Row[*tuple[Any, ...]]:
    found = (
        await session.execute(
            select(Shipment.version, Shipment.state, Shipment.state_at, Shipment.order_id)
            .where(Shipment.id == shipment_id, visible_to(actor))
            .with_for_update(key_share=True, of=Shipment)
        )
    ).one_or_none()
    if found is None:
        raise ShipmentNotFound
    if found.version != expected_version:
        raise StaleVersion("shipment", shipment_id, expected=expected_version, current=found.version)
    return found
