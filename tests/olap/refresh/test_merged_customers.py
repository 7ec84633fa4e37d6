"""A merge of customers reaches the cube: the kept one's figures are those of both."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import SYSTEM
from domain.customers.merge import Chosen, merge_customers
from domain.db import engine, run
from tests.olap.store.shop import Cube, Shop, order

REVENUE = "SELECT customer_id, sum(net_revenue) FROM sales WHERE customer_id > 0 GROUP BY ALL ORDER BY 1"
NOW = datetime(2027, 1, 1, tzinfo=UTC)


def _merge(shop: Shop, *, keep: int, merge: int) -> None:
    async def work(session: AsyncSession) -> None:
        versions = [shop.value(f"SELECT version FROM customers WHERE id = {key}") for key in (keep, merge)]
        await merge_customers(
            session,
            keep=Chosen(keep, versions[0], "keep_id"),
            merge=Chosen(merge, versions[1], "merge_id"),
            actor=SYSTEM,
            now=NOW,
        )

    async def merging() -> None:
        on = engine(shop.url)
        await run(on, work, origin="test")
        await on.dispose()

    asyncio.run(merging())


class TestMergedCustomers:
    def test_the_lines_of_both_are_the_kept_ones(self, shop: Shop, cube: Cube) -> None:
        shop.run(order(50, customer=2, lines=["(1, 'SALE', 1, 2, 3.50)"]))
        cube.refresh()
        before = dict(cube.rows(REVENUE))

        _merge(shop, keep=1, merge=2)
        cube.refresh()

        after = dict(cube.rows(REVENUE))
        assert after == {1: before[1] + before[2], 3: before[3]}
        assert before[2] == Decimal("28.0000")
        assert cube.rows("SELECT count(*) FROM customer WHERE customer_id = 2") == [(0,)]
        assert cube.differences() == ()

    def test_an_order_keeps_the_traits_that_the_kept_one_had_then(self, shop: Shop, cube: Cube) -> None:
        shop.run("UPDATE customers SET region = 'Jeju' WHERE id = 1")

        _merge(shop, keep=1, merge=2)
        cube.refresh()

        regions = cube.rows(
            "SELECT DISTINCT c.region FROM sales s JOIN customer c USING (customer_key) WHERE s.order_id = 2"
        )
        assert regions == [("Seoul",)]
        assert cube.differences() == ()
