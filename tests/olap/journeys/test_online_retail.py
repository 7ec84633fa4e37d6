"""Cohorts and repeat purchases of Online Retail II equal hand-written SQL on the files themselves."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyarrow import parquet
from sqlalchemy import Boolean, Table, Text

from olap import ask, star
from olap.engines.duckdb import Cursor, DuckDB
from olap.engines.replace import registered
from olap.plan import NONE
from olap.request import Texts, aggregate_request
from olap.rollups import kept
from tests.olap.cube.asking import SALES

NOW = datetime(2012, 1, 20, 12, tzinfo=UTC)
LINES = "retail_lines"
SOLD = "known AND quantity > 0 AND price > 0 AND NOT cancelled"


def fill(cursor: Cursor, table: Table, source: str, columns: dict[str, str]) -> None:
    """The table holds a row for each of the source; columns that are not said are Unknown."""

    def value(column: Any) -> str:
        nothing = (
            "false" if isinstance(column.type, Boolean) else "''" if isinstance(column.type, Text) else "0"
        )
        return columns.get(column.name, "NULL" if column.nullable else nothing)

    cursor.execute(f'INSERT INTO "{table.name}" SELECT {", ".join(map(value, table.columns))} FROM {source}')


def both_files(folder: Path) -> pa.Table:
    """The lines of both files; their days in common are identical and taken from the second."""
    first, second = (
        parquet.read_table(folder / f"year_{years}.parquet") for years in ("2009_2010", "2010_2011")
    )
    start = pa.scalar(datetime(2010, 12, 1, tzinfo=UTC), pa.timestamp("us", "UTC"))
    start = start.cast(first.schema.field("invoice_date").type)
    before = first.filter(pc.less(first["invoice_date"], start))
    return pa.concat_tables([before, second.cast(before.schema)])


@pytest.fixture(scope="module")
def retail(shared_data: Path) -> Iterator[DuckDB]:
    day = "strftime(d, '%Y%m%d')::INTEGER"
    parts = {name: f"{name}(d)" for name in ("year", "quarter", "month", "day")}
    with DuckDB(threads=2) as engine:
        engine.create_tables(star.metadata)
        with engine.transaction() as cursor:
            with registered(cursor, files=both_files(shared_data / "online_retail_ii")):
                cursor.execute(
                    f"CREATE TABLE {LINES} AS SELECT *, invoice[1] = 'C' AS cancelled, "
                    "customer_id IS NOT NULL AS known FROM files"
                )
            days = "(SELECT unnest(generate_series(DATE '2009-01-01', DATE '2012-12-31', INTERVAL 1 DAY))::DATE AS d)"
            iso = {"iso_year": "isoyear(d)", "iso_week": "weekofyear(d)", "weekday": "isodow(d)"}
            fill(cursor, star.date, days, {"date_key": day, "on_date": "d", **parts, **iso})
            kinds = "(VALUES (0, NULL), (1, 'sale'), (3, 'return')) AS k (key, kind)"
            fill(cursor, star.line_kind, kinds, {"line_kind_key": "key", "kind": "kind"})
            for table in star.DIMENSIONS:
                if table is not star.line_kind:
                    fill(cursor, table, "(SELECT 1)", {})
            fill(cursor, star.currency, "(SELECT 1)", {"currency_key": "826", "code": "'GBP'"})
            fill(cursor, star.known, "(SELECT 1)", {"known_key": "1", "known": "'yes'"})
            sold = {
                "line_id": "row_number() OVER ()",
                "order_id": "hash(invoice) // 2",
                "date_key": "strftime(invoice_date, '%Y%m%d')::INTEGER",
                "customer_id": "coalesce(customer_id, 0)::BIGINT",
                "known_key": "known::INTEGER",
                "currency_key": "826",
                "line_kind_key": "CASE WHEN quantity > 0 AND price > 0 AND NOT cancelled THEN 1 ELSE 3 END",
                "quantity": "quantity",
                "net_revenue": "quantity * price",
                "ordered_at": "invoice_date",
            }
            fill(cursor, star.sales, LINES, sold)
        yield engine


def by_hand(engine: DuckDB, sql: str) -> list[tuple[Any, ...]]:
    with engine.transaction() as cursor:
        return list(cursor.execute(sql).fetchall())


@pytest.fixture(params=["facts", "rollups"])
def asked(retail: DuckDB, request: pytest.FixtureRequest) -> Iterator[DuckDB]:
    if request.param == "rollups":
        with retail.transaction() as cursor:
            retail.rollups = kept.build(cursor)
    yield retail
    retail.rollups = {}


class TestRetention:
    def test_by_month_it_is_that_of_hand_written_sql(self, asked: DuckDB) -> None:
        texts = Texts(cohort="month", aggregates=["net_revenue"])
        wanted = aggregate_request(SALES, texts, now=NOW, language="en")

        result = ask.aggregate(asked, SALES, wanted, NONE)

        found = {
            (row["cohort"], row["period"]): (row["cohort_size"], row["active_customers"], row["net_revenue"])
            for row in result.records
        }
        expected = by_hand(
            asked,
            f"""WITH l AS (SELECT customer_id, date_trunc('month', invoice_date)::DATE AS month, {SOLD} AS sold,
                    (quantity * price)::DECIMAL(19, 4) AS amount FROM {LINES} WHERE known),
                begun AS (SELECT customer_id, min(month) AS cohort FROM l WHERE sold GROUP BY 1),
                sizes AS (SELECT cohort, count(*) AS size FROM begun GROUP BY 1)
            SELECT cohort, datediff('month', cohort, month), size, count(DISTINCT customer_id) FILTER (sold),
                sum(amount)
            FROM l JOIN begun USING (customer_id) JOIN sizes USING (cohort) WHERE month >= cohort GROUP BY ALL""",
        )
        counted = {(cohort, since): (*values,) for cohort, since, *values in expected}
        assert {key: values for key, values in found.items() if key in counted} == counted
        assert {values[1:] for key, values in found.items() if key not in counted} <= {(0, 0)}
        assert result.summary["cohort_size"] == 5878

    def test_the_triangle_is_whole_and_ends_with_the_data(self, retail: DuckDB) -> None:
        wanted = aggregate_request(SALES, Texts(cohort="month"), now=NOW, language="en")

        rows = ask.aggregate(retail, SALES, wanted, NONE).records

        # 25 cohorts, each in all months up to December 2011, of which the files hold nine days.
        assert len(rows) == 25 * 26 // 2
        december = [row for row in rows if not row["complete"]]
        assert len(december) == 25
        assert {row["retention"] for row in december} == {None}
        assert all(row["retention"] == 1 for row in rows if row["period"] == 0 and row["complete"])
        assert (rows[0]["cohort"], rows[0]["cohort_size"]) == (date(2009, 12, 1), 955)


class TestRepeatPurchases:
    def test_a_funnel_of_sales_is_the_repeat_rate(self, retail: DuckDB) -> None:
        wanted = aggregate_request(SALES, Texts(funnel="sales|sales"), now=NOW, language="en")

        rows = ask.aggregate(retail, SALES, wanted, NONE).records

        ((once, twice),) = by_hand(
            retail,
            f"""SELECT count(*), count(*) FILTER (later) FROM (
                SELECT customer_id, max(invoice_date) > min(invoice_date) AS later
                FROM {LINES} WHERE {SOLD} GROUP BY 1)""",
        )
        assert [row["reached"] for row in rows] == [once, twice]
        assert once == 5878
        assert rows[1]["of_first"] == twice / once


class TestDeciles:
    @pytest.mark.parametrize(
        ("cut", "where"),
        [
            ([], "true"),
            (["line_kind:sale"], SOLD),
            (["line_kind:sale", "date@ymd:2010"], f"{SOLD} AND year(invoice_date) = 2010"),
        ],
        ids=["all lines", "sales", "a year"],
    )
    def test_revenue_by_decile_is_that_of_hand_written_sql(
        self, asked: DuckDB, cut: list[str], where: str
    ) -> None:
        wanted = aggregate_request(SALES, Texts(deciles="yes", cut=cut), now=NOW, language="en")

        result = ask.aggregate(asked, SALES, wanted, NONE)

        found = [
            (row["decile"], row["decile_size"], row["net_revenue"], round(row["share"], 12))
            for row in result.records
        ]
        # The definition as it is written: positions ceil(n (i - 1) / 10) + 1 to ceil(n i / 10).
        expected = by_hand(
            asked,
            f"""WITH bought AS (SELECT customer_id, sum((quantity * price)::DECIMAL(19, 4)) AS revenue FROM {LINES}
                    WHERE known AND {where} GROUP BY 1),
                placed AS (SELECT revenue, row_number() OVER (ORDER BY revenue DESC, customer_id) AS place FROM bought),
                ends AS (SELECT i, ceil(n * (i - 1) / 10) + 1 AS first, ceil(n * i / 10) AS last
                    FROM (SELECT count(*) AS n FROM bought), range(1, 11) AS parts (i))
            SELECT i, count(*), sum(revenue),
                round(sum(revenue)::DOUBLE / (SELECT sum(revenue) FROM bought)::DOUBLE, 12)
            FROM placed JOIN ends ON place BETWEEN first AND last GROUP BY i ORDER BY i""",
        )
        assert found == expected
        assert result.summary["decile_size"] == sum(size for _, size, *_ in expected)

    def test_a_tenth_of_the_customers_brought_so_much(self, retail: DuckDB) -> None:
        texts = Texts(deciles="10", cut=["line_kind:sale"])
        wanted = aggregate_request(SALES, texts, now=NOW, language="en")

        result = ask.aggregate(retail, SALES, wanted, NONE)

        # 5,878 customers and 17,431,533.18 are the figures of the data's own description.
        assert (result.summary["decile_size"], round(result.summary["net_revenue"], 2)) == (
            5878,
            Decimal("17431533.18"),
        )
        assert [row["decile_size"] for row in result.records] == [
            588,
            588,
            588,
            588,
            587,
            588,
            588,
            588,
            588,
            587,
        ]
