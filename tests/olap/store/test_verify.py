"""A verification that could not fail would prove nothing: each kind of damage is found and named."""

import pytest

from olap import source, star
from olap.difference import Difference, VerifyReport
from olap.verify import compare, level
from tests.olap.store.activity import BusyShop
from tests.olap.store.remembered import remembering
from tests.olap.store.shop import Cube, Shop, order


@pytest.fixture(scope="module")
def damaged(standing: Cube) -> Cube:
    """A cube of the shop, to be damaged."""
    return remembering(standing)


@pytest.fixture(scope="module")
def damaged_busy(busy: BusyShop) -> Cube:
    """A cube of the busy shop, to be damaged."""
    return remembering(busy[1])


CELL = "sales year=2010 month=12 channel=store currency=GBP line_kind=sale known=yes"


class TestDamage:
    @pytest.mark.parametrize(
        ("damage", "named"),
        [
            (
                "UPDATE sales SET net_revenue = net_revenue + 0.0001 WHERE line_id = 1",
                [f"{CELL}: net_revenue is 15.0031 in the cube and 15.0030 in Postgres"],
            ),
            (
                "UPDATE sales SET margin = NULL WHERE line_id = 1",
                [
                    f"{CELL}: margin is null in the cube and 8.3334 in Postgres",
                    f"{CELL}: known margin is 0 in the cube and 1 in Postgres",
                ],
            ),
            (
                "UPDATE sales SET product_key = 3 WHERE line_id = 2",
                [f"{CELL}: product_keys is 4 in the cube and 3 in Postgres"],
            ),
            (
                "UPDATE customer SET region = 'Busan' WHERE customer_id = 1",
                ["customer customer_key=1: region is Busan in the cube and Seoul in Postgres"],
            ),
            (
                "DELETE FROM branch WHERE branch_key = 2",
                [
                    "branch all rows: count is 2 in the cube and 3 in Postgres",
                    "branch branch_key=2: the cell is not there in the cube and there in Postgres",
                ],
            ),
            (
                "INSERT INTO currency FROM currency WHERE code = 'ALL'",
                [
                    "currency all rows: count is 147 in the cube and 146 in Postgres",
                    "currency currency_key=8: the cell is there in the cube and not there in Postgres",
                ],
            ),
        ],
    )
    def test_it_is_found_to_the_last_unit_and_named(
        self, damaged: Cube, damage: str, named: list[str]
    ) -> None:
        found = damaged.differences(damage=damage)

        # What is kept of the facts in rollups differs as well.
        of_star = [difference for difference in found if difference.table in star.metadata.tables]
        assert [difference.text() for difference in of_star] == named

    @pytest.mark.parametrize(
        ("damage", "columns"),
        [
            ("DELETE FROM sales WHERE line_id = 2", {"count", "rows", "net_revenue", "line_ids"}),
            ("INSERT INTO sales FROM sales WHERE line_id = 2", {"count", "rows", "net_revenue", "line_ids"}),
            ("UPDATE sales SET line_kind_key = 2 WHERE line_id = 2", {"rows", "the cell"}),
            ("UPDATE sales SET channel_key = 77 WHERE line_id = 5", {"the cell"}),
            ("UPDATE sales SET date_key = date_key + 1 WHERE line_id = 1", {"date_keys"}),
            ("UPDATE sales SET order_id = 99 WHERE line_id = 1", {"order_ids"}),
            ("UPDATE sales SET customer_id = 2 WHERE line_id = 1", {"customer_ids"}),
            ("UPDATE sales SET branch_key = 2 WHERE line_id = 1", {"branch_keys"}),
            ("DELETE FROM sales", {"count", "the cell"}),
        ],
    )
    def test_a_line_that_is_wrong_shows_in_its_cell(
        self, damaged: Cube, damage: str, columns: set[str]
    ) -> None:
        found = damaged.differences(damage=damage)

        assert columns <= {difference.column for difference in found}

    def test_without_damage_there_is_no_difference(self, standing: Cube) -> None:
        assert standing.differences() == ()


class TestEveryFact:
    @pytest.mark.parametrize(
        ("damage", "table", "column"),
        [
            ("UPDATE touchpoints SET topic = 'x' WHERE touchpoint_id = 1", "touchpoints", "least topic"),
            ("UPDATE touchpoints SET cost = NULL WHERE touchpoint_id = 1", "touchpoints", "known cost"),
            ("UPDATE grants SET offer_key = 2 WHERE grant_id = 1", "grants", "offer_keys"),
            ("DELETE FROM cases WHERE case_id = 2", "cases", "count"),
            ("UPDATE cases SET agent_key = 0", "cases", "agent_keys"),
            ("UPDATE opportunities SET won = 0", "opportunities", "won"),
            ("UPDATE shipments SET days_to_ship = 2 WHERE shipment_id = 1", "shipments", "days_to_ship"),
            ("UPDATE stock SET quantity = 0 WHERE stock_level_id = 2", "stock", "quantity"),
            ("UPDATE customer SET marketing = 'no' WHERE customer_id = 1", "customer", "marketing"),
            ("UPDATE offer SET form = 'gift' WHERE offer_key = 1", "offer", "form"),
            ("UPDATE customer_month SET activity = 'none'", "customer_month", "greatest activity"),
            ("UPDATE customer_month SET revenue = 0", "customer_month", "revenue"),
            ("UPDATE date SET holiday = NULL WHERE date_key = 20110101", "date", "holiday"),
        ],
    )
    def test_damage_to_it_is_found(self, damaged_busy: Cube, damage: str, table: str, column: str) -> None:
        found = damaged_busy.differences(damage=damage)

        assert (table, column) in {(difference.table, difference.column) for difference in found}

    def test_without_damage_there_is_no_difference(self, busy: BusyShop) -> None:
        assert busy[1].differences() == ()


class TestOneMoment:
    def test_what_is_not_settled_yet_counts_on_both_sides(self, shop: Shop, cube: Cube) -> None:
        with shop.unfinished(order(50, customer=None)):
            shop.run(order(51), "UPDATE customers SET region = 'Jeju' WHERE id = 2")

            with source.snapshot(cube.connection):
                cube.mark = level(cube.engine, cube.connection, cube.mark)
                with cube.engine.reading() as reading:
                    report = compare(reading, cube.connection, cube.mark)

        assert report.differences == ()
        assert report.rows["sales"] == 8

    def test_the_late_one_is_not_lost_by_it(self, shop: Shop, cube: Cube) -> None:
        with shop.unfinished(order(50, customer=None)):
            shop.run(order(51))
            with source.snapshot(cube.connection):
                cube.mark = level(cube.engine, cube.connection, cube.mark)
        cube.refresh()

        assert cube.differences() == ()
        assert cube.rows("SELECT count(*) FROM sales WHERE order_id IN (50, 51)") == [(2,)]


class TestReport:
    def test_it_says_what_was_compared(self) -> None:
        report = VerifyReport(
            rows={"sales": 1_044_847, "date": 47_483}, cells=231, last_event=900, seconds=3.2, differences=()
        )

        assert report.text() == (
            "Cube and Postgres at 900: no difference in 1,092,330 rows of 2 tables, facts in 231 cells (3.2 s)."
        )

    def test_it_names_the_first_twenty_differences_and_counts_the_rest(self) -> None:
        found = tuple(Difference("sales", f"month={n}", "lines", "1", "2") for n in range(25))

        lines = (
            VerifyReport(rows={"sales": 1}, cells=25, last_event=9, seconds=0.1, differences=found)
            .text()
            .splitlines()
        )

        assert lines[0].startswith("Cube and Postgres at 9: 25 differences in 1 rows of 1 tables")
        assert lines[1] == "  sales month=0: lines is 1 in the cube and 2 in Postgres"
        assert len(lines) == 22
        assert lines[-1] == "  and 5 more"
