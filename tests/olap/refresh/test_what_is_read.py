"""Of the feed is read what the star shows, once, by its index."""

import dataclasses

import pytest

from olap import changes, source
from olap.changes import CannotFollow
from tests.olap.store.shop import Cube, Shop, order

CONTENT = "INSERT INTO contents (title, body, language, valid_from) VALUES ('t', 'b', 'ko', now())"
"""A change of something that no view of the star reads."""


class TestWhatIsRead:
    def test_events_that_the_star_does_not_show_are_passed_over(self, shop: Shop, cube: Cube) -> None:
        shop.run(CONTENT)

        seen = changes.since(cube.connection, cube.mark, most=10)

        assert seen == {}
        assert not changes.pending(cube.connection, cube.mark)

    def test_transactions_that_leave_nothing_do_not_move_the_watermark(self, shop: Shop, cube: Cube) -> None:
        """Their ids may be given out again after a crash, which forgets them."""
        before = cube.mark.last_event
        for _ in range(3):
            with shop.undone("PERFORM pg_current_xact_id()"):
                pass

        cube.refresh()

        assert cube.mark.last_event == before
        assert source.position(cube.connection).horizon > before + 3

    def test_an_aggregate_changed_often_is_read_once(self, shop: Shop, cube: Cube) -> None:
        for price in range(5):
            shop.run(f"UPDATE order_lines SET unit_price = {price} WHERE id = 1")

        seen = changes.since(cube.connection, cube.mark, most=10)

        assert seen == {"order": frozenset({1})}

    def test_too_many_changes_ask_for_a_rebuild(self, shop: Shop, cube: Cube) -> None:
        shop.run(*(order(number) for number in range(50, 53)))

        with pytest.raises(CannotFollow, match="more than 2 aggregates changed"):
            changes.since(cube.connection, cube.mark, most=2)

    def test_every_partition_is_read_by_its_index(self, shop: Shop, cube: Cube) -> None:
        shop.run(
            "INSERT INTO change (at, aggregate, aggregate_id, version, operation, origin)"
            " SELECT now() + n % 20 * interval '1 day', 'user', n, 1, 'UPDATED', 'test'"
            " FROM generate_series(1, 20000) n"
        )
        source.execute(cube.connection, "ANALYZE change")

        beyond = dataclasses.replace(cube.mark, last_event=4_000_000_000)
        with cube.connection.cursor() as cursor:
            cursor.adbc_statement.set_options(**{"adbc.postgresql.use_copy": "false"})
            cursor.execute(f"EXPLAIN {changes._shown('changes', beyond)}")
            plan = [row["QUERY PLAN"] for row in cursor.fetch_arrow_table().to_pylist()]

        assert sum("Index Cond" in line and "xid > '4000000000'" in line for line in plan) == 20, "\n".join(
            plan
        )
