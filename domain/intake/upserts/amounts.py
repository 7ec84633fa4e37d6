"""Amounts and quantities that fit into their columns."""

from decimal import Decimal

from domain.errors import Invalid
from domain.intake.upserts.rows import Rule
from domain.messages import say


def number(*, whole: int, decimals: int, least: Decimal | None = None) -> Rule:
    """A rule: a number of so many digits before and after the point, not below `least`."""
    most, step = Decimal(10) ** whole, Decimal(1).scaleb(-decimals)

    def rule(value: Decimal, name: str) -> Decimal:
        if not -most < value < most or value.quantize(step) != value:
            raise Invalid(
                say(
                    "{name} is {value}; at most {whole} digits before the point and {decimals} after it are allowed",
                    name=name,
                    value=value,
                    whole=whole,
                    decimals=decimals,
                ),
                name,
            )
        if least is not None and value < least:
            raise Invalid(
                say("{name} is {value}; at least {least} is allowed", name=name, value=value, least=least),
                name,
            )
        return value

    return rule


ZERO = Decimal(0)
QUANTITY = number(whole=12, decimals=3)
PRICE = number(whole=12, decimals=4, least=ZERO)
SIGNED_PRICE = number(whole=12, decimals=4)
LARGEST_LINE = Decimal(10) ** 15
