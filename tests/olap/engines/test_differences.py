"""What engines answer differently to the same SQL unless they are told: the same rows from each, by hand."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from olap import star
from olap.ask import Engine, MixedCurrencies
from olap.dialect import DaysLater, ExactDistinct, MonthsLater, ratio
from olap.expressions import aggregate_of
from olap.physical import Column, CountDistinct, Sum
from olap.vocabulary import UnknownObject
from tests.olap.cube.asking import aggregated, members, values
from tests.olap.small_star import ODD

SALES = star.sales.c
HUGE = Decimal("9999999999999999999999999999999999.9999")
NOBODY = SALES.line_id < 0


def one(engine: Engine, *columns: "sa.ColumnElement[Any]", **given: Any) -> dict[str, Any]:
    """The one row of a query without facts."""
    (row,) = engine.fetch(sa.select(*columns), given).to_pylist()
    return dict(row)


def of_facts(engine: Engine, *columns: "sa.ColumnElement[Any]", where: "sa.ColumnElement[bool]") -> Any:
    """The rows of a query of the facts."""
    return engine.fetch(sa.select(*columns).select_from(star.sales).where(where), {}).to_pylist()


class TestNulls:
    @pytest.mark.parametrize("direction", ["asc", "desc"])
    def test_the_unknown_comes_last_whichever_way(self, each: Engine, direction: str) -> None:
        rows = members(each, "customer", level="country", order=f"customer.country:{direction}").records

        known = ["France", "United Kingdom", ODD, "대한민국"]
        wanted = known if direction == "asc" else known[::-1]
        assert [row["customer.country"] for row in rows] == [*wanted, None]

    def test_a_sum_of_nothing_is_null_and_a_count_is_none(self, each: Engine) -> None:
        margin = sa.func.sum(SALES.margin).label("sum")
        highest = sa.func.max(SALES.line_id).label("max")
        orders = ExactDistinct(SALES.order_id).label("orders")

        rows = of_facts(each, margin, highest, orders, sa.func.count().label("lines"), where=NOBODY)

        assert rows == [{"sum": None, "max": None, "orders": 0, "lines": 0}]

    def test_an_amount_of_no_facts_is_nothing_but_a_cost_unknown(self, each: Engine) -> None:
        found = aggregated(each, cut="date:1999", aggregates="net_revenue|cost|orders|lines|aov").summary

        assert found == {"net_revenue": 0, "cost": None, "orders": 0, "lines": 0, "aov": None}

    def test_a_cell_of_no_facts_has_no_parts_and_its_summary_says_what_nothing_comes_to(
        self, each: Engine
    ) -> None:
        names = "net_revenue|cost|lines|margin_rate"

        found = aggregated(each, cut="date:1999", drilldown="product:department", aggregates=names)

        assert (found.records, found.total) == ([], 0)
        assert found.summary == {"net_revenue": 0, "cost": None, "lines": 0, "margin_rate": None}

    def test_a_miss_of_an_outer_join_is_null(self, each: Engine) -> None:
        joined = sa.outerjoin(star.sales, star.line_kind, star.line_kind.c.line_kind_key == SALES.line_id)
        columns = (star.line_kind.c.kind.label("kind"), star.line_kind.c.line_kind_key.label("key"))
        statement = sa.select(*columns).select_from(joined).where(SALES.line_id == 101)

        assert each.fetch(statement, {}).to_pylist() == [{"kind": None, "key": None}]

    def test_the_row_before_the_first_is_null(self, each: Engine) -> None:
        before = sa.func.lag(SALES.cost).over(order_by=SALES.line_id).label("before")

        found = each.fetch(sa.select(SALES.line_id, before).order_by(SALES.line_id).limit(2), {}).to_pylist()

        assert [row["before"] for row in found] == [None, Decimal("8.0000")]

    def test_a_subtotal_is_told_from_the_unknown_member(self, each: Engine) -> None:
        found = aggregated(each, drilldown="customer:country", cut="currency:GBP", aggregates="lines")

        assert found.summary == {"lines": 18}
        assert values(found.records)[-1] == (None, 3)
        assert sum(row["lines"] for row in found.records) == 18


class TestCurrencies:
    def test_cells_of_one_currency_each_have_no_amount_together(self, each: Engine) -> None:
        asked: dict[str, Any] = {"drilldown": "currency", "aggregates": "net_revenue|lines"}

        found = aggregated(each, **asked)

        assert found.summary["net_revenue"] is None
        assert found.summary["lines"] == sum(row["lines"] for row in found.records) == 20
        with pytest.raises(MixedCurrencies, match="GBP, KRW"):
            aggregated(each, **{**asked, "drilldown": "product:department"})


class TestNumbers:
    def test_whole_numbers_are_divided_as_numbers(self, each: Engine) -> None:
        quotient = ratio(sa.literal(7, sa.Integer()), sa.literal(2, sa.Integer()))

        assert one(each, quotient.label("x")) == {"x": 3.5}

    def test_ratios_are_double_and_sums_exact(self, each: Engine) -> None:
        third = ratio(sa.literal(Decimal("10.0000"), sa.Numeric(19, 4)), sa.literal(3, sa.Integer()))
        gross = sa.func.sum(SALES.gross).label("gross")

        assert one(each, third.label("x"))["x"] == 10 / 3
        assert of_facts(each, gross, where=SALES.line_id.in_([104, 105])) == [{"gross": Decimal("30.0010")}]

    @pytest.mark.parametrize("divisor", [0, None])
    def test_by_zero_or_by_the_unknown_there_is_no_quotient(self, each: Engine, divisor: int | None) -> None:
        below = sa.null() if divisor is None else sa.literal(divisor, sa.Integer())

        assert one(each, ratio(sa.literal(7, sa.Integer()), below).label("x")) == {"x": None}

    def test_a_sum_of_whole_numbers_does_not_wrap(self, each: Engine) -> None:
        near = sa.literal(2**61, sa.BigInteger())
        total = sa.func.sum(sa.cast(near, sa.Numeric(38, 0))).label("sum")

        found = of_facts(each, total, where=SALES.line_id <= 108)

        assert found == [{"sum": Decimal(2**64)}]

    def test_a_sum_of_a_whole_measure_is_whole(self, each: Engine) -> None:
        total = aggregate_of(Sum(Column("sales", "customer_id"), money=False)).label("sum")

        (row,) = of_facts(each, total, where=SALES.line_id <= 106)

        assert (row, type(row["sum"])) == ({"sum": 10}, int)

    def test_a_long_decimal_stays_exact(self, each: Engine) -> None:
        given = sa.bindparam("n", type_=sa.Numeric(38, 4))

        assert one(each, sa.cast(given, sa.Numeric(38, 4)).label("n"), n=HUGE) == {"n": HUGE}

    def test_distinct_values_are_counted_exactly(self, each: Engine) -> None:
        a, b, c, d = (star.date.alias(name) for name in "abcd")
        many: sa.ColumnElement[Any] = SALES.line_id
        pairs: sa.FromClause = star.sales
        for days in (a, b, c, d):
            pairs, many = pairs.join(days, sa.true()), many * 8 + days.c.date_key

        (row,) = each.fetch(sa.select(ExactDistinct(many).label("n")).select_from(pairs), {}).to_pylist()

        # 20 lines and 8 days four times: beyond what an estimate gets right.
        assert row == {"n": 20 * 8**4}

    def test_a_ratio_is_not_rounded(self, each: Engine) -> None:
        eighth = ratio(sa.literal(1, sa.Integer()), sa.literal(8, sa.Integer()))

        assert one(each, eighth.label("x")) == {"x": 0.125}

    def test_count_distinct_leaves_out_what_it_is_told_to(self, each: Engine) -> None:
        known = aggregate_of(CountDistinct(Column("sales", "customer_id"), ignore=0)).label("n")

        assert of_facts(each, known, where=SALES.line_id.in_([109, 110, 111])) == [{"n": 1}]


class TestText:
    def test_it_is_ordered_and_compared_by_its_bytes(self, each: Engine) -> None:
        found = members(each, "product", level="product", order="product.name").records

        names = [row["product.name"] for row in found if row["product.name"] is not None]
        assert names == sorted(names, key=lambda name: name.encode())
        assert names[0] == "=SUM(A1:A9)"

    def test_case_counts(self, each: Engine) -> None:
        assert aggregated(each, cut="customer:france", aggregates="lines").summary == {"lines": 0}
        assert aggregated(each, cut="customer:France", aggregates="lines").summary == {"lines": 8}

    @pytest.mark.parametrize("text", [ODD, "a\\", "'", "\t\n", "{v0:String}", "$1", "%s", "", "\U0001f600"])
    def test_a_text_comes_back_as_it_was_given(self, each: Engine, text: str) -> None:
        listed = sa.literal(text, sa.Text()).in_(sa.bindparam("list", expanding=True, type_=sa.Text()))

        found = one(each, sa.literal(text, sa.Text()).label("t"), listed.label("there"), list=["x", text])

        assert found == {"t": text, "there": True}


class TestRanges:
    @pytest.mark.parametrize(
        ("cut", "lines"),
        [
            ("date:2010,4,12-2011,1,2", 7),
            ("date:2011,1,3-", 12),
            ("date:-2010,4,12,30", 3),
            ("!date:2011,1,1,1-2011,1,2,28", 15),
        ],
    )
    def test_a_range_of_paths_goes_by_the_order_of_levels(self, each: Engine, cut: str, lines: int) -> None:
        assert aggregated(each, cut=cut, aggregates="lines").summary == {"lines": lines}


class TestDays:
    def test_days_and_months_later_are_the_calendars(self, each: Engine) -> None:
        last: Mapping[str, Any] = {"day": date(2012, 1, 31)}
        day = sa.bindparam("day", type_=sa.Date())

        found = one(
            each,
            DaysLater(day, sa.literal(-31, sa.Integer())).label("before"),
            MonthsLater(day, sa.literal(1, sa.Integer())).label("month"),
            MonthsLater(day, sa.literal(-11, sa.Integer())).label("back"),
            **last,
        )

        assert found == {"before": date(2011, 12, 31), "month": date(2012, 2, 29), "back": date(2011, 2, 28)}


def test_the_unknown_name_is_refused_before_any_engine(each: Engine) -> None:
    with pytest.raises(UnknownObject):
        aggregated(each, cut="nowhere:1", aggregates="lines")
