"""Amounts that may enter the store: finite, written out, at the scale of their currency and within its columns."""

from decimal import Decimal

from domain.errors import Invalid

LARGEST = Decimal("9999999999999999.99")
"""What numeric(18, 2) holds: amounts of documents."""


def amount(value: Decimal, *path: str | int, currency: str, scale: int) -> Decimal:
    """The amount with exactly `scale` decimals, not negative. Never rounded: what does not fit is Invalid.

    Stock Decimal takes NaN and 1E+999999, and one NaN poisons every sum.
    """
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or exponent > 0:
        raise Invalid(f"{_place(path)} {value} is no amount: write its digits out", *path)
    if value < 0:
        raise Invalid(f"{_place(path)} {value} is negative", *path)
    if value > LARGEST:
        raise Invalid(f"{_place(path)} {value} is too large; at most {LARGEST} is allowed", *path)
    fitted = round(value, scale)
    if fitted != value:
        raise Invalid(f"{_place(path)} {value} has more decimals than {currency} has: {scale}", *path)
    return fitted


def _place(path: tuple[str | int, ...]) -> str:
    return next((part for part in reversed(path) if isinstance(part, str)), "the amount")
