"""Orders are replaced as multisets of lines."""

from datetime import UTC, datetime
from decimal import Decimal

from domain.intake.connections import Connection
from domain.intake.counts import Counts
from domain.intake.staging import CUSTOMERS, LINES, PRODUCTS
from tests.domain.intake.staged_rows import LINE, merge, query


def line(number: int, **changed: object) -> dict[str, object]:
    return {**LINE, "line": number, **changed}


class TestMergeOrders:
    async def test_a_new_order_has_its_lines_in_the_staged_order(self, intake: Connection) -> None:
        counts, events = await merge(intake, LINES, [line(2, unit_price=20), line(1, unit_price=10)])

        assert (counts, events) == (Counts(created=1), 1)
        assert await query(intake, "SELECT position, unit_price FROM order_lines ORDER BY 1") == [
            (1, Decimal("10.0000")),
            (2, Decimal("20.0000")),
        ]

    async def test_the_earliest_line_says_when_it_was_ordered(self, intake: Connection) -> None:
        await merge(intake, LINES, [line(1), line(2, ordered_at="2026-03-01 09:59:00"), line(3)])

        assert await query(intake, "SELECT ordered_at FROM orders") == [
            (datetime(2026, 3, 1, 9, 59, tzinfo=UTC),)
        ]

    async def test_the_same_lines_in_another_order_change_nothing(self, intake: Connection) -> None:
        await merge(intake, LINES, [line(1, unit_price=10), line(2, unit_price=20), line(3, unit_price=20)])

        counts, events = await merge(
            intake, LINES, [line(1, unit_price=20), line(2, unit_price=20), line(3, unit_price=10)]
        )

        assert (counts, events) == (Counts(unchanged=1), 0)

    async def test_exact_duplicates_stay(self, intake: Connection) -> None:
        await merge(intake, LINES, [line(1), line(2), line(3)])

        assert await query(intake, "SELECT count(*), sum(net_revenue) FROM order_lines") == [
            (3, Decimal("3000.0000"))
        ]

    async def test_one_duplicate_less_is_a_change(self, intake: Connection) -> None:
        await merge(intake, LINES, [line(1), line(2), line(3)])

        counts, events = await merge(intake, LINES, [line(1), line(2)])

        assert (counts, events) == (Counts(updated=1), 1)
        assert await query(intake, "SELECT count(*) FROM order_lines") == [(2,)]

    async def test_two_lines_that_swap_their_products_are_a_change(self, intake: Connection) -> None:
        await merge(intake, PRODUCTS, [{"external_id": "P"}, {"external_id": "Q"}])
        await merge(intake, LINES, [line(1, product="P", quantity=1), line(2, product="Q", quantity=2)])

        counts, _ = await merge(
            intake, LINES, [line(1, product="Q", quantity=1), line(2, product="P", quantity=2)]
        )

        assert counts == Counts(updated=1)
        assert await query(
            intake,
            "SELECT p.code, l.quantity::int FROM order_lines l JOIN products p ON p.id = l.product_id ORDER BY 1",
        ) == [("P", 2), ("Q", 1)]

    async def test_only_the_difference_is_written(self, intake: Connection) -> None:
        await merge(intake, LINES, [line(1, unit_price=10), line(2, unit_price=20), line(3, unit_price=30)])
        before = dict(await query(intake, "SELECT unit_price, id FROM order_lines"))

        await merge(intake, LINES, [line(1, unit_price=30), line(2, unit_price=25), line(3, unit_price=10)])

        after = dict(await query(intake, "SELECT unit_price, id FROM order_lines"))
        assert after.keys() == {Decimal(10), Decimal(25), Decimal(30)}
        assert (after[Decimal(10)], after[Decimal(30)]) == (before[Decimal(10)], before[Decimal(30)])

    async def test_a_change_is_one_event_and_one_version(self, intake: Connection) -> None:
        await merge(intake, LINES, [line(1), line(2)])

        await merge(intake, LINES, [line(1, quantity=5, ordered_at="2026-03-02 00:00:00")])

        assert await query(intake, "SELECT version FROM orders") == [(2,)]
        assert await query(
            intake, "SELECT version, operation, origin FROM change WHERE aggregate = 'order' ORDER BY 1"
        ) == [(1, "CREATED", "import:erp"), (2, "UPDATED", "import:erp")]

    async def test_a_line_without_product_equals_one_without(self, intake: Connection) -> None:
        await merge(intake, PRODUCTS, [{"external_id": "P"}])
        rows = [line(1, product="", unit_cost=""), line(2, product="P", unit_cost="3.5")]
        await merge(intake, LINES, rows)

        same, _ = await merge(intake, LINES, rows)
        swapped, _ = await merge(
            intake, LINES, [line(1, product="", unit_cost="3.5"), line(2, product="P", unit_cost="")]
        )

        assert (same, swapped) == (Counts(unchanged=1), Counts(updated=1))

    async def test_columns_that_are_not_given_are_left_alone(self, intake: Connection) -> None:
        await merge(intake, CUSTOMERS, [{"external_id": "C"}])
        await merge(intake, LINES, [line(1, customer="C", channel="WEB")])

        counts, _ = await merge(intake, LINES, [line(1)])

        assert counts == Counts(unchanged=1)
        assert await query(intake, "SELECT channel, customer_id IS NULL FROM orders") == [("WEB", False)]

    async def test_a_given_column_without_a_value_clears(self, intake: Connection) -> None:
        await merge(intake, CUSTOMERS, [{"external_id": "C"}])
        await merge(intake, LINES, [line(1, customer="C")])

        counts, _ = await merge(intake, LINES, [line(1, customer="")])

        assert counts == Counts(updated=1)
        assert await query(intake, "SELECT customer_id FROM orders") == [(None,)]

    async def test_the_same_id_of_another_system_is_another_order(self, intake: Connection) -> None:
        await merge(intake, LINES, [line(1)], system="erp")

        counts, _ = await merge(intake, LINES, [line(1)], system="shop")

        assert counts == Counts(created=1)

    async def test_ids_differ_by_case_and_spaces(self, intake: Connection) -> None:
        ids = ["a", "A", "a ", "ａ"]

        counts, _ = await merge(intake, LINES, [line(n, order_id=i) for n, i in enumerate(ids)])

        assert counts == Counts(created=4)

    async def test_small_ranges_give_the_same_orders(self, intake: Connection) -> None:
        rows = [line(n, order_id=f"O{n % 7}", unit_price=n) for n in range(50)]

        counts, _ = await merge(intake, LINES, rows, size=3)
        again, events = await merge(intake, LINES, list(reversed(rows)), size=11)

        assert (counts, again, events) == (Counts(created=7), Counts(unchanged=7), 0)
        assert await query(intake, "SELECT count(*), sum(unit_price) FROM order_lines") == [
            (50, Decimal("1225.0000"))
        ]

    async def test_a_dry_run_tells_and_changes_nothing(self, intake: Connection) -> None:
        await merge(intake, LINES, [line(1, order_id="old"), line(2, order_id="same")])

        counts, events = await merge(
            intake,
            LINES,
            [
                line(1, order_id="old", customer="new customer"),
                line(2, order_id="same", customer=""),
                line(3, order_id="new", customer=""),
            ],
            dry_run=True,
        )

        assert (counts, events) == (Counts(created=1, updated=1, unchanged=1), 0)
        assert await query(intake, "SELECT count(*) FROM orders") == [(2,)]
