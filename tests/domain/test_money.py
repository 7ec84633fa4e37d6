"""Amounts that enter the store."""

from decimal import Decimal

import pytest

from domain.errors import Invalid
from domain.money import Money, UnknownCurrency, amount

SCALES = {"KRW": 0, "USD": 2}


class TestAmount:
    @pytest.mark.parametrize(
        ("given", "currency", "stored"),
        [
            ("5000", "KRW", "5000"),
            ("5000.00", "KRW", "5000"),
            ("5", "USD", "5.00"),
            ("0.10", "USD", "0.10"),
            ("0", "KRW", "0"),
        ],
    )
    def test_it_has_the_decimals_of_its_currency(self, given: str, currency: str, stored: str) -> None:
        assert str(amount(Money(Decimal(given), currency), scales=SCALES)) == stored

    @pytest.mark.parametrize(
        ("given", "reason"),
        [
            ("NaN", "no amount"),
            ("sNaN", "no amount"),
            ("Infinity", "no amount"),
            ("1E+999999", "write its digits out"),
            ("1E+2", "write its digits out"),
            ("-1", "allowed: 0 to"),
            ("5.5", "more decimals than KRW has: 0"),
            ("1000000000000000", "allowed: 0 to 999999999999999.99"),
        ],
    )
    def test_what_does_not_fit_is_refused_and_never_rounded(self, given: str, reason: str) -> None:
        with pytest.raises(Invalid, match=reason) as caught:
            amount(Money(Decimal(given), "KRW"), "value", scales=SCALES)

        assert caught.value.path == ("value", "amount")

    def test_the_largest_fits_the_column(self) -> None:
        largest = Money(Decimal("999999999999999.99"), "USD")

        assert amount(largest, scales=SCALES) == Decimal("999999999999999.99")

    def test_an_unknown_currency_is_named(self) -> None:
        with pytest.raises(UnknownCurrency, match="'WON'") as caught:
            amount(Money(Decimal(1), "WON"), "cost", scales=SCALES)

        assert caught.value.path == ("cost", "currency")
