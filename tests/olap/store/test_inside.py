"""What a build computes inside DuckDB is what Postgres says, to the last unit; what might not be, Postgres computes."""

import pytest

from olap import inside, mart, source, star
from olap.progress import silent
from olap.telling import Telling
from tests.olap.store.shop import Cube, Shop

QUANTITIES = "0.001, -0.001, 0.5, -0.5, 1.25, -2.125, 7, 333.333, -999999.999"
UNIT_COSTS = "0, 0.0001, 0.0002, 0.0003, 0.0005, 1.2345, 66.6666, 12345678.9999"
"""Many of the products lie half way between two units of the last digit."""

LINES = f"""
    INSERT INTO orders (id, source_system, source_id, number, ordered_at, currency)
        SELECT 1000 + n, 'erp', 'x' || n, n, timestamptz '2011-01-01 15:00+00' + n * interval '1 hour', 'GBP'
        FROM generate_series(1, 9) n;
    INSERT INTO order_lines (order_id, position, kind, product_id, quantity, unit_price, unit_cost)
        SELECT 1000 + q.place, c.place, 'SALE', 1 + c.place % 4, q.quantity, 0.0001 * c.place, c.cost
        FROM unnest(ARRAY[{QUANTITIES}]) WITH ORDINALITY AS q (quantity, place),
             unnest(ARRAY[{UNIT_COSTS}, NULL]) WITH ORDINALITY AS c (cost, place)
"""


def test_sales_and_months_are_computed_inside() -> None:
    found = [table.name for table in star.metadata.sorted_tables if inside.is_inside(table)]

    assert sorted(found) == ["customer_month", "sales", "segment_member"]


def test_amounts_are_rounded_as_postgres_rounds_them(shop: Shop, cube: Cube) -> None:
    shop.run(LINES)
    cube.rebuild()
    columns = ", ".join(
        f"{column.name}::text" for column in star.sales.columns if column.name != "ordered_at"
    )

    rows = f"SELECT {columns} FROM {{}}sales AS s ORDER BY s.line_id"
    there = source.read(cube.connection, rows.format("mart.")).to_pylist()

    assert cube.rows(rows.format("")) == [tuple(row.values()) for row in there]
    assert len(there) == 7 + 9 * 9


@pytest.mark.parametrize(
    ("more", "same"),
    [
        ("l.net_revenue * 2", True),
        ("coalesce(l.unit_cost, 0)", True),
        ("(l.net_revenue * 0.1)::numeric(19, 4)", True),
        ("(l.net_revenue / 10)::numeric(19, 4)", False),
        ("l.quantity % 2", False),
        ("l.quantity ^ 2", False),
        ("o.ordered_at AT TIME ZONE 'Asia/Seoul'", False),
        ("o.ordered_at + interval '1 month'", False),
        ("l.kind LIKE 'SALE%'", False),
        ("round(l.net_revenue)", False),
        ("extract(hour FROM o.ordered_at)", False),
        ("o.ordered_at::date", False),
        ("l.net_revenue::text", False),
    ],
)
def test_what_is_not_known_to_be_the_same_is_left_to_postgres(more: str, same: bool) -> None:
    statement = mart.statement("sales").replace("SELECT", f"SELECT {more} AS more,", 1)

    assert inside.says_the_same(statement) is same


def test_a_stream_is_not_kept_to_look_up_the_few_it_is_joined_with(shop: Shop, cube: Cube) -> None:
    telling = Telling("sales", 0, silent)
    joined = "SELECT l.*, p.code FROM ordered_lines l LEFT JOIN product p ON p.product_id = l.product_id"

    with (
        cube.engine.transaction() as cursor,
        source.snapshot(cube.connection),
        inside._passing(cursor, cube.connection, "ordered_lines", telling),
    ):
        ((_, plan),) = cursor.execute(f"EXPLAIN {joined}").fetchall()
        rows = cursor.execute(joined).fetchall()

    assert "LEFT" in plan
    assert "RIGHT" not in plan
    assert len(rows) == 7
