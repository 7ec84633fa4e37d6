"""Returns and cancellations: lines with a negative quantity that name the line they take back."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Actor
from domain.errors import Invalid
from domain.messages import say
from domain.money import quantity
from domain.orders.commands import locked
from domain.orders.errors import NothingToReturn, OrderCancelled, OrderShipped, ReturnTooLarge
from domain.orders.model import LineKind, Order, OrderLine
from domain.orders.shipment_model import Shipment, ShipmentState

GOODS = (LineKind.SALE, LineKind.FREE)
TAKEN_BACK = (LineKind.RETURN, LineKind.CANCELLATION)

Line = Row[*tuple[Any, ...]]


@dataclass(frozen=True)
class ReturnedLine:
    """How much of the order's line at this position comes back."""

    position: int
    quantity: Decimal


async def return_lines(
    session: AsyncSession,
    order_id: int,
    returned: Sequence[ReturnedLine],
    *,
    expected_version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """What came back is booked as lines at the price and the share of the discount it was sold for.

    Raises OrderNotFound, StaleVersion, Invalid, NothingToReturn, ReturnTooLarge. Four statements. A piece that is
    counted as returned already, on its line, by its product or in a credit note of the order, does not come back twice.
    """
    await locked(session, order_id, expected_version, actor=actor)
    if not returned:
        raise Invalid(say("no line is given: at least one comes back"), "lines")
    book = await _book(session, order_id)
    await _append(session, book, book.returns(returned), LineKind.RETURN, now=now)


async def cancel_order(
    session: AsyncSession, order_id: int, *, expected_version: int, actor: Actor, now: datetime
) -> None:
    """Whatever is left of the order is taken back by lines of the kind CANCELLATION.

    Raises OrderNotFound, StaleVersion, OrderCancelled, OrderShipped. Five statements. Payments are not touched: what
    was paid is owed back then, and shows as an open amount below zero.
    """
    standing = await locked(session, order_id, expected_version, actor=actor)
    if standing.cancelled_at is not None:
        raise OrderCancelled(standing.cancelled_at)
    away = (ShipmentState.SHIPPED, ShipmentState.DELIVERED)
    shipped = await session.scalar(
        select(func.count()).where(Shipment.order_id == order_id, Shipment.state.in_(away))
    )
    if shipped:
        raise OrderShipped(shipped)
    book = await _book(session, order_id)
    await _append(session, book, book.rest(), LineKind.CANCELLATION, now=now)
    await session.execute(update(Order).where(Order.id == order_id).values(cancelled_at=now))


class _Book:
    """The lines of an order and of its credit notes, and what of them is left to take back."""

    def __init__(self, order_id: int, lines: Sequence[Line]) -> None:
        self.order_id = order_id
        self.own = {line.position: line for line in lines if line.order_id == order_id}
        self.last = max(self.own, default=0)
        self._bought: dict[int, Decimal] = defaultdict(Decimal)
        self._back: dict[int, Decimal] = defaultdict(Decimal)
        self._of_line: dict[int, Decimal] = defaultdict(Decimal)
        self._discount: dict[int, Decimal] = defaultdict(Decimal)
        for line in lines:
            self._count(line)

    def _count(self, line: Line) -> None:
        if line.kind in GOODS and line.order_id == self.order_id and line.product_id is not None:
            self._bought[line.product_id] += line.quantity
        if line.kind in TAKEN_BACK:
            if line.product_id is not None:
                self._back[line.product_id] -= line.quantity
            if line.returned_line_id is not None:
                self._of_line[line.returned_line_id] -= line.quantity
                self._discount[line.returned_line_id] -= line.discount

    def left(self, line: Line) -> Decimal:
        """How much of the line can still come back."""
        left: Decimal = line.quantity - self._of_line[line.id]
        if line.product_id is None or line.kind not in GOODS:
            return left
        return max(min(left, self._bought[line.product_id] - self._back[line.product_id]), Decimal(0))

    def returns(self, returned: Sequence[ReturnedLine]) -> Iterable[tuple[Line, Decimal]]:
        """The lines that come back with their quantities. Raises what `return_lines` raises."""
        for place, each in enumerate(returned):
            line = self.own.get(each.position)
            asked = quantity(each.quantity, "lines", place, "quantity")
            if line is None:
                raise Invalid(
                    say("the order has no line {position}", position=each.position),
                    "lines",
                    place,
                    "position",
                )
            if line.kind not in GOODS:
                raise NothingToReturn(
                    say(
                        "line {position} is a {kind}: goods alone come back",
                        position=each.position,
                        kind=line.kind,
                    ),
                    "lines",
                    place,
                    "position",
                )
            if asked <= 0:
                raise Invalid(
                    say("the quantity {value} is not above 0", value=asked), "lines", place, "quantity"
                )
            left = self.left(line)
            if asked > left:
                raise ReturnTooLarge(
                    "lines",
                    place,
                    "quantity",
                    bought=line.quantity,
                    returned=line.quantity - left,
                    asked=asked,
                )
            yield line, asked

    def rest(self) -> Iterable[tuple[Line, Decimal]]:
        """All lines of which something is left, with what is left of them."""
        for line in list(self.own.values()):
            left = self.left(line)
            if (line.kind in GOODS and left > 0) or (line.kind == LineKind.ADJUSTMENT and left != 0):
                yield line, left

    def take(self, line: Line, pieces: Decimal, kind: LineKind, now: datetime) -> dict[str, Any]:
        """The line that takes these pieces back, now counted. The last piece takes what is left of the discount."""
        rest = line.discount - self._discount[line.id]
        last = pieces == line.quantity - self._of_line[line.id]
        share = rest if last else round(line.discount * pieces / line.quantity, 4)
        self.last += 1
        self._of_line[line.id] += pieces
        self._discount[line.id] += share
        if line.product_id is not None:
            self._back[line.product_id] += pieces
        return {
            "order_id": self.order_id,
            "position": self.last,
            "kind": kind.value,
            "product_id": line.product_id,
            "quantity": -pieces,
            "unit_price": line.unit_price,
            "discount": -share,
            "unit_cost": line.unit_cost,
            "returned_line_id": line.id,
            "booked_at": now,
        }


async def _book(session: AsyncSession, order_id: int) -> _Book:
    notes = select(Order.id).where(Order.original_id == order_id)
    found = await session.execute(
        select(OrderLine.__table__)
        .where(or_(OrderLine.order_id == order_id, OrderLine.order_id.in_(notes)))
        .order_by(OrderLine.order_id, OrderLine.position)
    )
    return _Book(order_id, found.all())


async def _append(
    session: AsyncSession,
    book: _Book,
    taken: Iterable[tuple[Line, Decimal]],
    kind: LineKind,
    *,
    now: datetime,
) -> None:
    new = [book.take(line, pieces, kind, now) for line, pieces in taken]
    if new:
        await session.execute(insert(OrderLine).values(new))
