"""The first build and the rebuild."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from olap import star
from olap.engines.duckdb import DuckDB
from olap.load import build
from olap.progress import Step
from tests.olap.store.shop import Cube, Shop, order


class TestBuild:
    def test_the_cube_holds_what_the_shop_sold(self, standing: Cube) -> None:
        sales = star.sales.c

        found = standing.engine.fetch(
            select(sales.line_id, sales.net_revenue, sales.cost, sales.margin, sales.quantity).order_by(
                sales.line_id
            )
        )

        assert [tuple(row.values()) for row in found.to_pylist()] == [
            (1, Decimal("15.0000"), Decimal("6.6666"), Decimal("8.3334"), Decimal("6.000")),
            (2, Decimal("0.0030"), None, None, Decimal("3.000")),
            (3, Decimal("-2.5500"), Decimal("-1.1111"), Decimal("-1.4389"), Decimal("-1.000")),
            (4, Decimal("21.0000"), Decimal("11.1110"), Decimal("9.8890"), Decimal("10.000")),
            (5, Decimal("0.0000"), None, None, Decimal("1.250")),
            (6, Decimal("29000.0000"), Decimal("18000.0000"), Decimal("11000.0000"), Decimal("2.000")),
            (7, Decimal("-11062.0600"), None, None, Decimal("1.000")),
        ]

    def test_nothing_is_lost_to_a_member_that_is_missing(self, standing: Cube) -> None:
        unknown = standing.rows(
            "SELECT line_id, customer_key, customer_id, known_key, product_key, channel_key, branch_key, date_key"
            " FROM sales WHERE line_id IN (5, 7) ORDER BY line_id"
        )

        assert [row[:4] for row in unknown] == [(5, 0, 0, 0), (7, 3, 3, 1)]
        assert unknown[0][5:] == (0, 2, 20110503)
        assert unknown[1][4:] == (0, 2, 0, 0)

    def test_a_business_day_is_a_day_in_seoul(self, standing: Cube) -> None:
        days = standing.rows(
            "SELECT d.on_date FROM sales s JOIN date d USING (date_key) WHERE s.order_id = 2"
        )

        assert days == [(date(2011, 1, 1),)]

    def test_a_product_has_the_path_of_its_category(self, standing: Cube) -> None:
        paths = standing.rows(
            "SELECT department, category, subcategory, code FROM product ORDER BY product_key"
        )

        assert paths == [
            (None, None, None, None),
            ("Home", "Kitchen", "Cups", "CUP"),
            ("Home", "Kitchen", None, "POT"),
            ("Garden", None, None, "HOE"),
            (None, None, None, "POST"),
        ]

    def test_a_cube_just_built_equals_postgres(self, standing: Cube) -> None:
        assert standing.differences() == ()

    def test_progress_is_told_to_the_last_row(self, standing: Cube) -> None:
        steps: list[Step] = []

        build(standing.engine, standing.connection, steps.append)

        last = {step.table: step.rows for step in steps}
        assert last["sales"] == 7
        assert last["customer"] == 4
        assert all(step.rows <= step.expected for step in steps)


class TestOneMoment:
    def test_what_is_committed_during_a_build_is_not_in_it_by_half(self, shop: Shop, cube: Cube) -> None:
        def sell_meanwhile(step: Step) -> None:
            # The customers are through, the sales are still to come.
            if step.table == "date" and step.rows == 0:
                shop.run("INSERT INTO customers (id, name) VALUES (50, '정하윤')", order(50, customer=50))

        cube.mark = build(cube.engine, cube.connection, sell_meanwhile).watermark
        built = cube.rows("SELECT count(*) FROM sales")
        cube.refresh()

        assert built == [(7,)]
        assert cube.rows("SELECT count(*) FROM sales WHERE customer_id = 50") == [(1,)]
        assert cube.differences() == ()

    def test_a_build_that_fails_leaves_the_cube_as_it_was(self, shop: Shop, cube: Cube) -> None:
        class Enough(Exception):
            pass

        def fail_in_the_sales(step: Step) -> None:
            if step.table == "sales" and step.rows:
                raise Enough

        shop.run("DELETE FROM order_lines WHERE order_id = 1")

        with pytest.raises(Enough):
            build(cube.engine, cube.connection, fail_in_the_sales)

        assert cube.rows("SELECT count(*) FROM sales") == [(7,)]

    def test_readers_see_the_old_cube_until_the_new_one_is_whole(self, shop: Shop, cube: Cube) -> None:
        seen: list[int] = []

        def look(step: Step) -> None:
            seen.extend(count for (count,) in cube.rows("SELECT count(*) FROM sales"))

        shop.run("DELETE FROM order_lines WHERE order_id = 1")
        build(cube.engine, cube.connection, look)

        assert set(seen) == {7}
        assert cube.rows("SELECT count(*) FROM sales") == [(4,)]


class TestExactness:
    def test_the_largest_amount_survives_to_the_last_digit(self, shop: Shop, cube: Cube) -> None:
        shop.run(order(60, lines=["(1, 'SALE', 1, 1, 999999999999999.9999)", "(2, 'SALE', 1, 1, 0.0001)"]))

        cube.rebuild()

        assert cube.rows("SELECT sum(net_revenue) FROM sales WHERE order_id = 60") == [(Decimal(10) ** 15,)]

    def test_an_empty_shop_makes_an_empty_cube(self, database: str) -> None:
        from olap import source

        with DuckDB() as engine, source.connect(database) as connection:
            report = build(engine, connection)

        assert report.rows["sales"] == 0
        assert report.rows["customer"] == 1
