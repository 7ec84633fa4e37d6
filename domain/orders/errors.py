"""What is refused about orders, payments and shipments."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from domain.errors import Conflict, Invalid, NotFound
from domain.messages import Message, say


class OrderNotFound(NotFound):
    def __init__(self, *path: str | int) -> None:
        super().__init__(say("there is no such order, or you may not see it"), *path)


class OrderNumberTaken(Conflict):
    def __init__(self, number: str) -> None:
        super().__init__(
            say("there is an order with the number {number} already", number=repr(number)), "number"
        )


class OrderOutOfSight(Invalid):
    """The write would hide the order from whoever writes it."""


class OrderCancelled(Conflict):
    def __init__(self, at: datetime) -> None:
        super().__init__(say("the order was cancelled at {at}", at=at.isoformat()), "id")


class LinesSettled(Conflict):
    """Lines that returns, cancellations or shipments stand on are not booked anew."""

    def __init__(self, returned: int, shipped: int) -> None:
        super().__init__(
            say(
                "the lines cannot be replaced: {returned} of them are returns or cancellations, and the order has "
                "{shipped} shipments",
                returned=returned,
                shipped=shipped,
            ),
            "lines",
        )


class OrderShipped(Conflict):
    def __init__(self, shipments: int) -> None:
        super().__init__(
            say(
                "{shipments} shipments of the order are on their way or delivered: it cannot be cancelled; return "
                "what was bought",
                shipments=shipments,
            ),
            "id",
        )


class ReturnTooLarge(Conflict):
    """More than was bought and is not returned yet."""

    def __init__(self, *path: str | int, bought: Decimal, returned: Decimal, asked: Decimal) -> None:
        super().__init__(
            say(
                "{bought} were bought and {returned} of them returned: {asked} cannot be returned, at most {left}",
                bought=plain(bought),
                returned=plain(returned),
                asked=plain(asked),
                left=plain(bought - returned),
            ),
            *path,
        )


class NothingToReturn(Conflict):
    """The line is itself a return, a cancellation or an adjustment."""


class PaymentNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__(say("there is no such payment, or you may not see it"), "id")


class ShipmentNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__(say("there is no such shipment, or you may not see it"), "id")


class ExternalIdTaken(Conflict):
    """Another payment or shipment has this external id: perhaps the two are one."""

    def __init__(self, system: str, external_id: str) -> None:
        super().__init__(
            say("the id {id} in the system {system} is taken", id=repr(external_id), system=repr(system)),
            "external_id",
        )


class RefundTooLarge(Conflict):
    """More than was paid and is not given back yet."""

    def __init__(self, *, paid: Decimal, refunded: Decimal, asked: Decimal, currency: str) -> None:
        super().__init__(
            say(
                "{paid} {currency} were paid and {refunded} given back: {asked} cannot be given back, at most {left}",
                paid=plain(paid),
                refunded=plain(refunded),
                asked=plain(asked),
                left=plain(paid - refunded),
                currency=currency,
            ),
            "amount",
        )


class ShipmentTooLarge(Conflict):
    """More than was ordered and is in no other shipment."""

    def __init__(self, *path: str | int, ordered: Decimal, shipped: Decimal, asked: Decimal) -> None:
        super().__init__(
            say(
                "{ordered} are ordered and {shipped} in other shipments: {asked} cannot be shipped, at most {left}",
                ordered=plain(ordered),
                shipped=plain(shipped),
                asked=plain(asked),
                left=plain(max(ordered - shipped, Decimal(0))),
            ),
            *path,
        )


class MoveNotAllowed(Conflict):
    """States of payments and shipments move one way."""

    def __init__(self, now: StrEnum, wanted: StrEnum, allowed: Collection[Any]) -> None:
        names = ", ".join(state for state in type(now) if state in allowed)
        onward: str | Message = names or say("nothing: that state is final")
        super().__init__(
            say(
                "what is {now} cannot become {wanted}; allowed: {onward}",
                now=now.value,
                wanted=wanted.value,
                onward=onward,
            ),
            "state",
        )


def plain(value: Decimal) -> str:
    """The number with its digits written out and without zeros at the end: 3, 0.5, 1200."""
    return f"{value.normalize():f}"
