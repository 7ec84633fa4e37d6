"""Amounts of money that may enter the store: finite, written out, at the scale of their currency."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from domain.errors import Invalid
from domain.messages import say

LARGEST = Decimal("999999999999999.99")
"""The largest amount of a document: what the cube's numeric(19, 4) holds too."""

LARGEST_FINE = Decimal("999999999999999.9999")
"""What numeric(19, 4) holds: unit prices, unit costs and line amounts."""


@dataclass(frozen=True)
class Money:
    """An amount in a currency, a code of ISO 4217."""

    amount: Decimal
    currency: str


class UnknownCurrency(Invalid):
    """Not a code of ISO 4217, or of a currency with three decimals, which the store cannot hold."""

    def __init__(self, code: str, *path: str | int) -> None:
        super().__init__(
            say("unknown currency {code!r}: give a code of ISO 4217, e.g. KRW", code=code[:10]), *path
        )


def amount(money: Money, *path: str | int, scales: Mapping[str, int]) -> Decimal:
    """The amount, not negative, with exactly the decimals of its currency. Never rounded: what does not fit is Invalid.

    `scales` are the digits after the point of each known currency. Stock Decimal takes NaN and 1E+999999, and one NaN
    poisons every sum.
    """
    value, scale = money.amount, scales.get(money.currency)
    exponent = value.as_tuple().exponent
    if scale is None:
        raise UnknownCurrency(money.currency, *path, "currency")
    if not isinstance(exponent, int) or exponent > 0:
        raise Invalid(say("{value} is no amount: write its digits out", value=value), *path, "amount")
    if not 0 <= value <= LARGEST:
        told = say("the amount {value} is out of range; allowed: 0 to {most}", value=value, most=LARGEST)
        raise Invalid(told, *path, "amount")
    fitted = round(value, scale)
    if fitted != value:
        told = say(
            "{value} has more decimals than {currency} has: {scale}",
            value=value,
            currency=money.currency,
            scale=scale,
        )
        raise Invalid(told, *path, "amount")
    return fitted


def fine(value: Decimal, *path: str | int) -> Decimal:
    """A unit price, unit cost or line amount: what numeric(19, 4) holds. Raises Invalid, never rounds."""
    return _held(value, path, most=LARGEST_FINE, decimals=4)


def quantity(value: Decimal, *path: str | int) -> Decimal:
    """A quantity: what numeric(15, 3) holds, of either sign. Raises Invalid; never rounds."""
    return _held(value, path, most=Decimal("999999999999.999"), decimals=3)


def _held(value: Decimal, path: tuple[str | int, ...], *, most: Decimal, decimals: int) -> Decimal:
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or exponent > 0:
        raise Invalid(say("{value} is no number: write its digits out", value=value), *path)
    if abs(value) > most:
        raise Invalid(say("{value} is out of range; allowed: up to {most}", value=value, most=most), *path)
    fitted = round(value, decimals)
    if fitted != value:
        raise Invalid(say("{value} has more than {decimals} decimals", value=value, decimals=decimals), *path)
    return fitted
