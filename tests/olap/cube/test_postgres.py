"""The cube of a real shop: what a browser says equals hand-written SQL on the mart in Postgres."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from olap.browser import Browser
from olap.client import Cube
from olap.store import Store, open_store
from tests.olap.store.built import shop
from tests.olap.store.shop import Shop

__all__ = ["shop"]

SUMMARY = """
    SELECT json_build_array(sum(net_revenue), sum(gross), sum(cost), sum(quantity), count(*),
        count(DISTINCT order_id) FILTER (WHERE kind = 'sale'),
        count(DISTINCT customer_id) FILTER (WHERE customer_id > 0))::text
    FROM mart.sales JOIN mart.line_kind USING (line_kind_key) JOIN mart.currency USING (currency_key)
    WHERE code = 'GBP'
"""


@pytest.fixture
def store(shop: Shop, tmp_path: Path) -> Iterator[Store]:
    with open_store(shop.url, tmp_path / "cube.duckdb") as opened:
        yield opened


class TestAgainstThePostgresMart:
    def test_the_summary_is_that_of_the_mart(self, shop: Shop, store: Store) -> None:
        names = ["net_revenue", "gross", "cost", "units", "lines", "orders", "customers"]

        result = Browser("sales", store).aggregate("currency:GBP", aggregates=names)

        expected = [Decimal(text) for text in shop.value(SUMMARY).strip("[]").split(", ")]
        assert list(result.summary.values()) == expected

    def test_days_are_those_of_the_companys_zone(self, store: Store) -> None:
        frame = (
            Cube("sales", store=store).where(currency="GBP").by("date@ymd:day").frame("lines", labels=False)
        )

        # 16:00 UTC on the last of December is the first of January in Seoul.
        assert store.time_zone == "Asia/Seoul"
        assert [2011, 1, 1, 1] in frame.to_numpy().tolist()

    def test_facts_carry_what_the_mart_has(self, store: Store) -> None:
        fact: dict[str, Any] = Browser("sales", store).fact(1)

        assert (fact["product.department"], fact["product.category"], fact["product.subcategory"]) == (
            "Home",
            "Kitchen",
            "Cups",
        )
        assert (fact["channel.channel_group"], fact["line_kind"], fact["known"]) == ("shop", "sale", "yes")
        assert fact["line_net_revenue"] == Decimal("15.0000")
        assert fact["line_margin"] == Decimal("15.0000") - 6 * Decimal("1.1111")
