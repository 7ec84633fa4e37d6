"""A merge of customers reaches the cube: the kept one's figures are those of both."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import SYSTEM
from domain.customers.merge import Chosen, merge_customers
from domain.db import engine, run
from domain.personal.erasure import erase_subject
from domain.personal.journal import Journal
from domain.tables import metadata
from tests.olap.refresh.test_traits import scored
from tests.olap.store.activity import ACTIVITY
from tests.olap.store.shop import Cube, Shop, order

REVENUE = "SELECT customer_id, sum(net_revenue) FROM sales WHERE customer_id > 0 GROUP BY ALL ORDER BY 1"
FORETOLD = "SELECT DISTINCT customer_id FROM customer_month WHERE foretold = 1 ORDER BY 1"
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


FACTS = ("sales", "touchpoints", "grants", "cases", "opportunities", "shipments")


def _erase(shop: Shop, customer: int, journal: Journal) -> None:
    async def work(session: AsyncSession) -> None:
        await erase_subject(
            session, customer, reason="asked", actor=SYSTEM, now=NOW, journal=journal, tables=metadata
        )

    async def erasing() -> None:
        on = engine(shop.url)
        await run(on, work, origin="test")
        await on.dispose()

    asyncio.run(erasing())


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

    def test_all_that_both_did_is_the_kept_ones(self, shop: Shop, cube: Cube) -> None:
        shop.run(ACTIVITY)
        cube.refresh()

        _merge(shop, keep=1, merge=2)
        cube.refresh()

        assert [
            (fact, cube.rows(f"SELECT count(*) FROM {fact} WHERE customer_id = 2")) for fact in FACTS
        ] == [(fact, [(0,)]) for fact in FACTS]
        assert cube.rows("SELECT count(*) FROM touchpoints WHERE customer_id = 1") == [(2,)]
        assert cube.differences() == ()

    def test_what_was_told_of_either_alone_is_shown_of_nobody(self, shop: Shop, cube: Cube) -> None:
        shop.run(
            "INSERT INTO lifetime_scores (customer_id, currency, scored_on, model, version, weeks, margin, discount, "
            "repeat_days, p_alive, expected_orders) SELECT id, 'GBP', '2011-01-31', 'BG/NBD', 1, 52, 1, 0.1, 1, 0.9, 2 "
            "FROM customers WHERE id < 3; "
            "INSERT INTO lifetime_runs (currency, scored_on) VALUES ('GBP', '2011-01-31')"
        )
        cube.refresh()
        before = cube.rows(FORETOLD)

        _merge(shop, keep=1, merge=2)
        cube.refresh()

        assert (before, cube.rows(FORETOLD)) == ([(1,), (2,)], [])
        assert cube.differences() == ()

    def test_what_either_was_found_to_be_alone_is_gone_with_him(self, shop: Shop, cube: Cube) -> None:
        shop.run(*(scored("default", (customer, "2011-01-31", None, "1, 3, 3")) for customer in (1, 2)))
        cube.refresh()

        _merge(shop, keep=1, merge=2)
        cube.refresh()

        assert cube.rows("SELECT count(*) FROM customer_rfm WHERE customer_id = 2") == [(0,)]
        assert cube.rows("SELECT count(*) FROM customer_stage WHERE customer_id = 2") == [(0,)]
        assert cube.differences() == ()


class TestErasedCustomer:
    def test_amounts_stay_and_traits_go(self, shop: Shop, cube: Cube, tmp_path: Path) -> None:
        shop.run(ACTIVITY, scored("default", (1, "2011-01-31", None, "1, 3, 3")))
        cube.refresh()
        before = cube.rows(REVENUE)

        _erase(shop, 1, Journal(tmp_path / "erasures"))
        cube.refresh()

        assert cube.rows(REVENUE) == before
        assert cube.rows(
            "SELECT DISTINCT country, gender, age_band, has_email, attributes FROM customer"
            " WHERE customer_id = 1"
        ) == [(None, None, None, "no", None)]
        assert cube.rows("SELECT count(*) FROM customer_rfm WHERE customer_id = 1") == [(0,)]
        assert cube.differences() == ()
