"""Rollups are level with their facts whatever is refreshed, and in the same transaction."""

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table

from olap import star
from olap.engines.duckdb import Cursor, DuckDB
from olap.rollups import kept, proof
from tests.olap.small_star import small_engine
from tests.olap.store.shop import Cube, Shop, order


@dataclass(frozen=True)
class Change:
    """A statement that changes the rows of a table with this id."""

    table: Table
    id: int
    sql: str

    def apply(self, cursor: Cursor) -> None:
        keeping = kept.facts_change if self.table is star.sales else kept.members_change
        column = "order_id" if self.table is star.sales else f"{self.table.name}_id"
        with keeping(cursor, self.table, column, [self.id]):
            cursor.execute(self.sql.format(id=self.id))


SALES = st.sampled_from(
    [
        "UPDATE sales SET date_key = 3 WHERE order_id = {id}",
        "UPDATE sales SET date_key = 0, customer_key = 5, customer_id = 4, known_key = 1 WHERE order_id = {id}",
        "UPDATE sales SET branch_key = 1, currency_key = 410 WHERE order_id = {id}",
        "UPDATE sales SET line_kind_key = 3, cost = NULL, margin = NULL WHERE order_id = {id}",
        "DELETE FROM sales WHERE order_id = {id}",
        "INSERT INTO sales SELECT * REPLACE (line_id + 1000 AS line_id) FROM sales WHERE order_id = {id}",
        "INSERT INTO sales SELECT * REPLACE ({id} AS order_id) FROM sales WHERE order_id = 19",
    ]
)
CUSTOMERS = st.sampled_from(
    [
        "UPDATE customer SET country = 'France', region = NULL WHERE customer_id = {id}",
        "UPDATE customer SET gender = 'male' WHERE customer_id = {id}",
        "DELETE FROM customer WHERE customer_id = {id}",
    ]
)
PRODUCTS = st.just("UPDATE product SET category = 'lamps', code = 'X' WHERE product_id = {id}")
CHANGES = st.one_of(
    st.builds(Change, st.just(star.sales), st.integers(11, 27), SALES),
    st.builds(Change, st.just(star.customer), st.integers(0, 6), CUSTOMERS),
    st.builds(Change, st.just(star.product), st.integers(0, 5), PRODUCTS),
)


class Undone(Exception):
    """Ends a transaction whose changes are not to stay."""


class TestRandomChanges:
    @settings(
        max_examples=12,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    @given(changes=st.lists(CHANGES, min_size=1, max_size=5))
    def test_rollups_are_what_the_facts_give(self, small_rolled: DuckDB, changes: list[Change]) -> None:
        def change_all() -> None:
            with small_rolled.transaction() as cursor:
                for change in changes:
                    change.apply(cursor)
                assert wrong_cells(cursor) == []
                raise Undone

        with pytest.raises(Undone):
            change_all()


class TestTransactions:
    def test_what_is_undone_is_undone_in_the_rollups_too(self, small_rolled: DuckDB) -> None:
        def change_and_fail() -> None:
            with small_rolled.transaction() as cursor:
                Change(star.sales, 11, "DELETE FROM sales WHERE order_id = {id}").apply(cursor)
                raise Undone

        with pytest.raises(Undone):
            change_and_fail()

        with small_rolled.reading() as cursor:
            assert wrong_cells(cursor) == []

    def test_a_change_that_is_not_told_is_found(self) -> None:
        with small_engine() as engine, engine.transaction() as cursor:
            kept.build(cursor)
            cursor.execute("DELETE FROM sales WHERE order_id = 11")

            assert "sales_by_day_customer" in wrong_cells(cursor)

    def test_a_member_whose_kept_traits_stay_costs_no_rollup_anything(self) -> None:
        with small_engine() as engine, engine.transaction() as cursor:
            kept.build(cursor)
            cursor.execute("UPDATE sales_by_month_place SET lines = 99")

            Change(star.customer, 1, "UPDATE customer SET gender = 'male' WHERE customer_id = {id}").apply(
                cursor
            )

            assert cursor.execute("SELECT DISTINCT lines FROM sales_by_month_place").fetchall() == [(99,)]


class TestRefresh:
    def test_a_late_order_is_in_every_rollup_after_the_refresh(self, shop: Shop, cube: Cube) -> None:
        before = dict(cube.engine.rollups)
        shop.run(order(70, customer=2, at="2011-01-15 12:00+00"))

        cube.refresh()

        assert cube.differences() == ()
        assert cube.engine.rollups["sales_by_day_customer"] == before["sales_by_day_customer"] + 1

    def test_a_customer_who_moves_takes_the_past_along_where_it_was_corrected(
        self, shop: Shop, cube: Cube
    ) -> None:
        places = "SELECT DISTINCT customer_region FROM sales_by_month_place WHERE date_year = 2010 ORDER BY 1"
        was = cube.rows(places)
        shop.run(
            "UPDATE customer_versions SET region = 'Jeju' WHERE customer_id = 1",
            "UPDATE customers SET name = 'x' WHERE id = 1",
        )

        cube.refresh()

        assert ("Jeju",) not in was
        assert ("Jeju",) in cube.rows(places)
        assert cube.differences() == ()


def wrong_cells(cursor: Cursor) -> list[str]:
    """The rollups that are not what the facts give now."""
    return sorted({each.table for each in proof.differences(cursor) if each.cell == "all cells"})
