"""`dangol schemes`, as a company uses it that does not book in won."""

from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from domain.errors import DomainError

DEFAULT = (
    "default: recency 3/2 months, frequency 2/3 orders, monetary 100,000/500,000; "
    "3 months up to the last order; KRW"
)
POUNDS = "pounds: recency 3/2 months, frequency 2/3 orders, monetary 100/500.5; 3 months up to the day; GBP"


@pytest.fixture
def dangol(database: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("DANGOL_DATABASE_URL", database)
    monkeypatch.setenv("COLUMNS", "300")
    return lambda *arguments: CliRunner().invoke(app, ["schemes", *arguments])


ADD = ("add", "pounds", "--from", "2020-01-01", "--currency", "GBP")


class TestSchemes:
    def test_one_is_added_chosen_and_listed(self, dangol: Callable[..., Result]) -> None:
        added = dangol(*ADD, "--monetary", "100", "500.50", "--anchor", "day")
        chosen = dangol("choose", "pounds")

        listed = dangol("list")

        told = f"{POUNDS}; nobody can be in 12* and 13*"
        assert added.output == f"From 2020-01-01: {told}\n"
        assert chosen.output.startswith("The cube tells customers by pounds.")
        assert listed.output == f"  {DEFAULT}\n* {told}\n"

    def test_equal_parts_of_the_customers(self, dangol: Callable[..., Result]) -> None:
        added = dangol(*ADD, "--quantiles", "5", "--months", "12")

        assert added.output == "From 2020-01-01: pounds: 5 equal parts; 12 months up to the last order; GBP\n"

    @pytest.mark.parametrize(
        ("wrong", "reason"),
        [
            ((), "a scheme is by thresholds or by quantiles: give one of the two"),
            (("--monetary", "500", "100"), "monetary 2 begins above 0 or more, and monetary 3 above that"),
            (("--monetary", "NaN", "100"), "NaN is no number: write its digits out"),
            (("--quantiles", "9"), "quantiles is 9; allowed are 2 to 5"),
            (("--quantiles", "5", "--months", "0"), "frequency_months is 0; allowed are 1 to 120"),
            (("--currency", "XXZ", "--quantiles", "5"), "there is no such currency: give its ISO 4217 code"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
    )
    def test_what_makes_no_scheme_is_refused(
        self, dangol: Callable[..., Result], wrong: tuple[str, ...], reason: str
    ) -> None:
        refused = dangol(*ADD, *wrong)

        assert isinstance(refused.exception, DomainError)
        assert str(refused.exception) == reason

    def test_amounts_are_numbers(self, dangol: Callable[..., Result]) -> None:
        refused = dangol(*ADD, "--monetary", "much", "more")

        assert refused.exit_code == 2
        assert "--monetary takes two amounts, not much more" in refused.output

    def test_one_that_does_not_stand_is_not_chosen(self, dangol: Callable[..., Result]) -> None:
        refused = dangol("choose", "pounds")

        assert isinstance(refused.exception, DomainError)
        assert "there is no scheme 'pounds'" in str(refused.exception)
