"""Amounts that enter the store."""

from decimal import Decimal

import pytest

from domain.errors import Invalid
from domain.money import amount


class TestAmount:
    @pytest.mark.parametrize(
        ("given", "scale", "stored"),
        [("5000", 0, "5000"), ("5000.00", 0, "5000"), ("5", 2, "5.00"), ("0.10", 2, "0.10"), ("0", 0, "0")],
    )
    def test_it_has_the_decimals_of_its_currency(self, given: str, scale: int, stored: str) -> None:
        assert str(amount(Decimal(given), "value", currency="XXX", scale=scale)) == stored

    @pytest.mark.parametrize(
        ("given", "reason"),
        [
            ("NaN", "no amount"),
            ("sNaN", "no amount"),
            ("Infinity", "no amount"),
            ("1E+999999", "write its digits out"),
            ("1E+2", "write its digits out"),
            ("-1", "negative"),
            ("5.5", "more decimals than KRW has: 0"),
            ("10000000000000000", "too large"),
        ],
    )
    def test_what_does_not_fit_is_refused_and_never_rounded(self, given: str, reason: str) -> None:
        with pytest.raises(Invalid, match=reason) as caught:
            amount(Decimal(given), "value", "amount", currency="KRW", scale=0)

        assert caught.value.path == ("value", "amount")

    def test_the_largest_fits_the_column(self) -> None:
        assert amount(Decimal("9999999999999999.99"), currency="USD", scale=2) == Decimal(
            "9999999999999999.99"
        )
