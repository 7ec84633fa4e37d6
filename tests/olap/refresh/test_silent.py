"""What changes without an event reaches the cube: new scores of customers."""

from tests.olap.store.shop import Cube, Shop

SCORED = """
    INSERT INTO rfm_scores (customer_id, scheme, valid_from, scheme_id, model, recency, frequency, monetary, orders)
    VALUES (1, 'default', '2026-01-01', 1, 1, 3, {frequency}, 1, 2)
    ON CONFLICT (customer_id, scheme, valid_from) DO UPDATE SET frequency = excluded.frequency;
    INSERT INTO rfm_runs VALUES ('default', '2026-01-01') ON CONFLICT (scheme) DO UPDATE SET scored_on = '2026-01-01'
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
