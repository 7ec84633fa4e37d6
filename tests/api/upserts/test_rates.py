"""Exchange rates as the ERP tells them."""

from typing import Any

import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.conftest import Rows
from tests.api.upserts.sending import errors, send, statuses

POUND: dict[str, Any] = {
    "fromCurrency": "GBP",
    "toCurrency": "KRW",
    "validOn": "2026-03-02",
    "rate": "1843.125",
}
ASKED = "rows { index status key { fromCurrency toCurrency validOn } userErrors { code path } }"


async def told(api: Api, *rows: dict[str, Any], **options: Any) -> Any:
    return await send(api, "upsertExchangeRates", rows, system="erp", asked=ASKED, **options)


class TestUpsertExchangeRates:
    async def test_a_rate_is_told_once_and_may_be_told_better(self, api: Api, rows: Rows) -> None:
        other = {**POUND, "fromCurrency": "KRW", "toCurrency": "GBP", "rate": "0.0005425568"}

        made = [
            statuses(await told(api, *batch))
            for batch in ([POUND, other], [POUND], [{**POUND, "rate": "1844"}])
        ]

        assert made == [["CREATED", "CREATED"], ["UNCHANGED"], ["UPDATED"]]
        assert await rows(
            "SELECT from_currency, rate::text, source_system, version FROM exchange_rates ORDER BY 1"
        ) == [("GBP", "1844.0000000000", "erp", 2), ("KRW", "0.0005425568", "erp", 1)]

    @pytest.mark.parametrize(
        ("change", "code", "path"),
        [
            ({"fromCurrency": "XXX"}, "UNKNOWN_CURRENCY", ["fromCurrency"]),
            ({"toCurrency": "won"}, "UNKNOWN_CURRENCY", ["toCurrency"]),
            ({"toCurrency": "GBP"}, "VALIDATION", ["toCurrency"]),
            ({"rate": "0"}, "VALIDATION", ["rate"]),
            ({"rate": "-1"}, "VALIDATION", ["rate"]),
            ({"rate": "100000000"}, "VALIDATION", ["rate"]),
        ],
    )
    async def test_what_is_wrong_is_told_with_its_place(
        self, api: Api, change: dict[str, Any], code: str, path: list[str]
    ) -> None:
        payload = await told(api, {**POUND, **change}, {**POUND, "validOn": "2026-03-03"})

        assert errors(payload) == [(0, code, ["rows", "0", *path])]
        assert statuses(payload) == ["REJECTED", "CREATED"]

    async def test_of_two_that_are_about_the_same_the_first_counts(self, api: Api) -> None:
        payload = await told(api, POUND, {**POUND, "rate": "1"})

        assert statuses(payload) == ["CREATED", "REJECTED"]
        assert errors(payload) == [(1, "DUPLICATE_IN_BATCH", ["rows", "1", "key"])]
        assert payload["rows"][1]["key"] == {
            "fromCurrency": "GBP",
            "toCurrency": "KRW",
            "validOn": "2026-03-02",
        }
