"""What can be said about an order's lines, and what of it is allowed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from domain.errors import Invalid
from domain.messages import say
from domain.money import LARGEST_FINE, fine, quantity
from domain.orders.model import LineKind

MOST_LINES = 1_000

TOLD = (LineKind.SALE, LineKind.FREE, LineKind.ADJUSTMENT)
"""Kinds that an order may be told to have; returns and cancellations have ways of their own."""


@dataclass(frozen=True)
class NewLine:
    """A line as it is told, its amounts in the order's currency.

    `unit_cost` None: what the product costs, where that is known in this currency.
    """

    quantity: Decimal
    unit_price: Decimal
    product_id: int | None = None
    kind: LineKind = LineKind.SALE
    discount: Decimal = Decimal(0)
    unit_cost: Decimal | None = None


@dataclass(frozen=True)
class KnownCost:
    """What a product costs, and in which currency."""

    unit_cost: Decimal | None
    currency: str | None


def booked(
    lines: Sequence[NewLine], *, currency: str, products: Mapping[int, KnownCost]
) -> list[dict[str, Any]]:
    """The lines as rows, from position 1. `products` are those that exist. Raises Invalid with the line's place."""
    if not 1 <= len(lines) <= MOST_LINES:
        raise Invalid(
            say("{count} lines are given; allowed: 1 to {most}", count=len(lines), most=MOST_LINES), "lines"
        )
    return [
        {"position": place + 1, **_row(line, place, currency=currency, products=products)}
        for place, line in enumerate(lines)
    ]


def _row(line: NewLine, place: int, *, currency: str, products: Mapping[int, KnownCost]) -> dict[str, Any]:
    at = ("lines", place)
    pieces = quantity(line.quantity, *at, "quantity")
    price = fine(line.unit_price, *at, "unit_price")
    discount = fine(line.discount, *at, "discount")
    _check_gross(pieces * price, *at, "quantity")
    _check_product(line, at, products)
    _check_kind(line.kind, at, pieces=pieces, price=price, discount=discount)
    cost = _cost(line, at, currency, products)
    if cost is not None:
        _check_gross(pieces * cost, *at, "unit_cost")
        _check_gross(pieces * (price - cost) - discount, *at, "unit_cost")
    return {
        "kind": line.kind.value,
        "product_id": line.product_id,
        "quantity": pieces,
        "unit_price": price,
        "discount": discount,
        "unit_cost": cost,
    }


def _check_gross(gross: Decimal, *path: str | int) -> None:
    # What is far too much has more digits than decimals round: it is refused before they try.
    fine(gross if abs(gross) > LARGEST_FINE else round(gross, 4), *path)


def _check_product(line: NewLine, at: tuple[str | int, ...], products: Mapping[int, KnownCost]) -> None:
    if line.product_id is None and line.kind is not LineKind.ADJUSTMENT:
        raise Invalid(
            say("a line of the kind {kind} needs a product", kind=line.kind.value), *at, "product_id"
        )
    if line.product_id is not None and line.product_id not in products:
        raise Invalid(say("there is no such product"), *at, "product_id")


def _check_kind(
    kind: LineKind, at: tuple[str | int, ...], *, pieces: Decimal, price: Decimal, discount: Decimal
) -> None:
    if kind not in TOLD:
        allowed = ", ".join(TOLD)
        raise Invalid(
            say("a line cannot be told as {kind}; allowed: {allowed}", kind=kind.value, allowed=allowed),
            *at,
            "kind",
        )
    if pieces <= 0:
        raise Invalid(say("the quantity {value} is not above 0", value=pieces), *at, "quantity")
    if kind is LineKind.ADJUSTMENT:
        return
    if price < 0 or (kind is LineKind.FREE and price != 0):
        allowed = "0" if kind is LineKind.FREE else ">= 0"
        raise Invalid(
            say(
                "the price {value} does not fit {kind}; allowed: {allowed}",
                value=price,
                kind=kind.value,
                allowed=allowed,
            ),
            *at,
            "unit_price",
        )
    if not 0 <= discount <= pieces * price:
        raise Invalid(
            say(
                "the discount {value} is out of range; allowed: 0 to {most}",
                value=discount,
                most=pieces * price,
            ),
            *at,
            "discount",
        )


def _cost(
    line: NewLine, at: tuple[str | int, ...], currency: str, products: Mapping[int, KnownCost]
) -> Decimal | None:
    if line.unit_cost is not None:
        cost = fine(line.unit_cost, *at, "unit_cost")
        if cost < 0:
            raise Invalid(
                say("{name} is {value}: it cannot be negative", name="unit_cost", value=line.unit_cost),
                *at,
                "unit_cost",
            )
        return cost
    known = None if line.product_id is None else products[line.product_id]
    return known.unit_cost if known is not None and known.currency == currency else None
