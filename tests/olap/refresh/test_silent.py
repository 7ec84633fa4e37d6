"""What changes without an event of an aggregate reaches the cube: new scores of customers, memberships."""

from decimal import Decimal

from tests.olap.store.shop import Cube, Shop

SCORED = """
    INSERT INTO rfm_scores (customer_id, scheme, valid_from, scheme_id, model, recency, frequency, monetary, orders)
    VALUES (1, 'default', '2026-01-01', 1, 1, 3, {frequency}, 1, 2)
    ON CONFLICT (customer_id, scheme, valid_from) DO UPDATE SET frequency = excluded.frequency;
    INSERT INTO rfm_runs VALUES ('default', '2026-01-01') ON CONFLICT (scheme) DO UPDATE SET scored_on = '2026-01-01'
"""

TOLD = """
    INSERT INTO lifetime_scores (customer_id, currency, scored_on, model, version, weeks, margin, discount, repeat_days,
                                 p_alive, expected_orders, value)
    SELECT 1, currency, '2026-01-01', 'BG/NBD', 1, 52, 1, 0.1, 3, chance, 2, 1000.5
    FROM (VALUES ('GBP', 0.25), ('KRW', 0.75)) of_orders (currency, chance);
    INSERT INTO lifetime_runs VALUES ('GBP', '2026-01-01'), ('KRW', '2026-01-01')
"""


class TestScores:
    def test_a_run_reaches_the_customers_though_there_is_no_event_and_so_does_one_of_the_same_day(
        self, shop: Shop, cube: Cube
    ) -> None:
        query = "SELECT DISTINCT rfm FROM customer WHERE customer_id = 1"
        found = [cube.rows(query)]
        for frequency in (1, 2):
            shop.run(SCORED.format(frequency=frequency))
            cube.refresh()
            found.append(cube.rows(query))

        assert found == [[(None,)], [('{"default": "311"}',)], [('{"default": "321"}',)]]
        assert cube.differences() == ()


class TestLifetimes:
    def test_what_a_customer_will_bring_reaches_the_cube_though_there_is_no_event(
        self, shop: Shop, cube: Cube
    ) -> None:
        query = "SELECT DISTINCT foretold, alive, predicted_value FROM customer_month WHERE foretold = 1"
        shop.run(TOLD)
        cube.refresh()
        told = cube.rows(query)
        shop.run(
            "UPDATE lifetime_scores SET p_alive = 0.5",
            "UPDATE lifetime_runs SET scored_on = scored_on WHERE currency = 'GBP'",
        )
        cube.refresh()

        assert told == [(1, Decimal("0.25"), Decimal("1000.5"))]
        assert cube.rows(query) == [(1, Decimal("0.5"), Decimal("1000.5"))]
        assert cube.differences() == ()


class TestMemberships:
    def test_who_enters_and_leaves_a_segment_does_so_in_the_cube(self, shop: Shop, cube: Cube) -> None:
        query = (
            "SELECT customer_id, entered_key, left_key FROM membership JOIN segment USING (segment_key)"
            " WHERE segment.segment = 'VIP' ORDER BY 1"
        )
        shop.run("INSERT INTO segments (id, name, kind) VALUES (1, 'VIP', 'FIXED')")
        shop.run(
            "INSERT INTO segment_members (segment_id, customer_id, entered_at)"
            " VALUES (1, 1, '2026-01-01 14:59+00'), (1, 2, '2026-01-01 15:00+00')"
        )
        cube.refresh()
        entered = cube.rows(query)
        shop.run("UPDATE segment_members SET left_at = '2026-02-01' WHERE customer_id = 1")
        shop.run("DELETE FROM segment_members WHERE customer_id = 2")
        cube.refresh()

        assert entered == [(1, 20260101, None), (2, 20260102, None)]
        assert cube.rows(query) == [(1, 20260101, 20260201)]
        assert cube.differences() == ()
