"""The client for notebooks: the same frames in process and from a server."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from olap import star, watermark
from olap.client import Between, Cube, opened
from olap.engines import ledger
from olap.engines.duckdb import DuckDB
from olap.errors import CubeError, RequestError
from olap.rollups import kept as rollups
from tests.olap.cube.asking import rows
from tests.olap.small_star import ODD, ROWS, SmallCube, insert

Words = Callable[[Cube], Cube]

QUESTIONS: dict[str, Words] = {
    "the example of the manual": lambda cube: cube.where(date="2011", country="France").by(
        "date:month", "product:category"
    ),
    "by level names": lambda cube: cube.where(currency="GBP").by("country", "year"),
    "next level": lambda cube: cube.where(currency="GBP", date=(2011, 1)).by("date"),
    "another hierarchy": lambda cube: cube.where(currency="GBP").by("date@iso:iso_week"),
    "several members": lambda cube: cube.where(currency="GBP", gender=["female", None]).by("gender"),
    "a member of every reserved character": lambda cube: cube.where(country=ODD).by("country"),
    "a range": lambda cube: cube.where(date=Between((2010,), (2011, 1)), currency="GBP").by("month"),
    "an open range": lambda cube: cube.where(date=Between(None, 2011), currency="GBP").by("year"),
    "a deeper level": lambda cube: cube.where(category="candles").by("subcategory"),
    "months of any year": lambda cube: cube.where(month=[2, 12], currency="GBP").by("date:month"),
    "without": lambda cube: cube.without(country=["France", "대한민국"]).where("currency:GBP").by("country"),
    "without, but with what is unknown": lambda cube: (
        cube.without(country="France").with_unknown().where("currency:GBP").by("country")
    ),
    "planned as a whole": lambda cube: cube.where(currency="KRW").planned(),
    "a high cardinality": lambda cube: cube.where(currency="GBP").by("product:product"),
    "no drilldown": lambda cube: cube.where(currency="GBP"),
    "split": lambda cube: cube.where(currency="GBP").by("year").split(country="France").split("date:2011-"),
    "traits of now": lambda cube: cube.where(currency="GBP").by("customer:region").as_of("now"),
    "in one currency": lambda cube: cube.where(currency="KRW").by("year").convert("KRW"),
    "beside targets": lambda cube: cube.where(currency="KRW").by("year").planned(),
    "totals and shares": lambda cube: (
        cube.where(currency="GBP").by("year", "category").totals().share("product")
    ),
    "the first and others": lambda cube: (
        cube.where(currency="GBP").by("category").top(2, "customers", others=True)
    ),
    "conditions": lambda cube: cube.where(currency="GBP").by("category").having("lines>=2", "aov>5"),
    "other times": lambda cube: (
        cube.where(currency="GBP").by("year").compare("year_ago").window("cumulative").filled()
    ),
    "compared as a whole": lambda cube: cube.where(currency="GBP", date=2011).compare("previous"),
    "in an order": lambda cube: cube.where(currency="GBP").by("category").order("lines:desc", "category"),
    "by a change": lambda cube: (
        cube.where(currency="GBP").by("year").compare("year_ago").order("lines__change", "year:desc")
    ),
    "a page": lambda cube: cube.where(currency="GBP").by("country", "year").order("lines").page(1, 2),
    "a page of what is ranked": lambda cube: (
        cube.where(currency="GBP").by("year", "category").order("lines:desc").top(2, others=True).page(0, 3)
    ),
    "a page beyond the last": lambda cube: cube.where(currency="GBP").by("year").page(7, 100),
    "nothing found": lambda cube: cube.where(date=2000).by("date:month"),
}


@pytest.mark.parametrize("words", list(QUESTIONS.values()), ids=list(QUESTIONS))
def test_a_server_and_this_process_answer_alike(in_process: Cube, at_server: Cube, words: Words) -> None:
    here, there = words(in_process), words(at_server)

    pd.testing.assert_frame_equal(here.frame(), there.frame())
    assert here.aggregate() == there.aggregate()


class TestFrame:
    def test_a_split_tells_what_lies_in_another_cell(self, in_process: Cube) -> None:
        asked = in_process.where(currency="GBP").by("year").split(category="tea")

        frame = asked.frame("lines")

        assert frame.columns.tolist() == ["Year", "Matches filters", "Order lines"]
        tea = in_process.where(currency="GBP", category="tea").by("year").frame("lines")
        assert frame[frame["Matches filters"]].drop(columns="Matches filters").to_numpy().tolist() == (
            tea.to_numpy().tolist()
        )

    def test_the_whole_cell_is_in_the_currency_that_was_asked_for(self, in_process: Cube) -> None:
        with pytest.raises(RequestError, match="no exchange rate is known for GBP"):
            in_process.where(currency="GBP").convert("KRW").aggregate("net_revenue")

    def test_the_example_of_the_manual(self, at_server: Cube) -> None:
        asked = at_server.where(date="2011", country="France").by("date:month", "product:category")

        frame = asked.frame("net_revenue", "orders")

        assert frame.columns.tolist() == [
            "Year",
            "Quarter",
            "Month",
            "Department",
            "Category",
            "Net revenue",
            "Orders",
        ]
        assert frame.to_numpy().tolist() == [
            [2011, 1, 1, "food", "tea", Decimal("0.0010"), 1],
            [2011, 1, 1, "home", "candles", Decimal("30.0000"), 1],
            [2011, 1, 3, "food", "tea", Decimal("-5.0000"), 0],
        ]

    def test_types_hold_unknown_and_stay_exact(self, in_process: Cube) -> None:
        frame = in_process.where(currency="GBP").by("year", "country").frame("net_revenue", "lines", "aov")

        assert [str(dtype) for dtype in frame.dtypes] == [
            "Int64",
            "string",
            "decimal128(38, 4)[pyarrow]",
            "Int64",
            "Float64",
        ]
        assert frame["Year"].isna().sum() == 1
        assert frame["Country"].isna().sum() == 2
        assert frame["Year"].iloc[-1] is pd.NA
        assert frame["Net revenue"].sum() == Decimal("358.7687")

    def test_floats_and_references_where_they_are_wanted(self, in_process: Cube) -> None:
        frame = in_process.where(currency="GBP").by("known").frame("net_revenue", labels=False, exact=False)

        assert frame.columns.tolist() == ["known", "net_revenue"]
        assert str(frame["net_revenue"].dtype) == "Float64"
        assert frame["net_revenue"].tolist() == pytest.approx([43.0, 315.7687])

    def test_labels_are_in_the_language_of_the_cube(self, small: DuckDB) -> None:
        korean = Cube("sales", store=SmallCube(small), language="ko")

        frame = korean.where(currency="GBP").by("gender").frame("customers")

        assert frame.columns.tolist() == ["성별", "고객 수"]
        assert frame.attrs["references"] == {"성별": "gender", "고객 수": "customers"}

    def test_a_split_of_words_leaves_the_first_question_as_it_was(self, in_process: Cube) -> None:
        pounds = in_process.where(currency="GBP")

        by_year = pounds.by("year").frame("lines")

        assert by_year["Order lines"].sum() == pounds.aggregate("lines")["lines"] == 18


@pytest.mark.parametrize("kind", ["in_process", "at_server"])
class TestOrderAndPages:
    def test_pages_are_the_parts_of_the_whole_in_its_order(
        self, kind: str, request: pytest.FixtureRequest, small: DuckDB
    ) -> None:
        cube: Cube = request.getfixturevalue(kind)
        asked = cube.where(currency="GBP").by("country").order("lines:desc")

        pages = [asked.page(number, 2).frame("lines").to_numpy().tolist() for number in range(4)]

        by_hand = rows(
            small,
            """SELECT country, count(*) FROM sales JOIN customer USING (customer_key)
               WHERE currency_key = 826 GROUP BY 1 ORDER BY 2 DESC, 1 NULLS LAST""",
        )
        shown = [[None if value is pd.NA else value for value in row] for page in pages for row in page]
        assert shown == [list(row) for row in by_hand]
        assert [len(page) for page in pages] == [2, 2, len(by_hand) - 4, 0]

    def test_the_rank_of_the_first_comes_before_a_later_order(
        self, kind: str, request: pytest.FixtureRequest
    ) -> None:
        cube: Cube = request.getfixturevalue(kind)
        asked = cube.where(currency="GBP").by("category").top(2, "net_revenue").order("lines")

        frame = asked.frame("net_revenue", "lines")

        assert frame["Net revenue"].is_monotonic_decreasing
        assert len(frame) == 2

    def test_facts_and_members_have_their_own(self, kind: str, request: pytest.FixtureRequest) -> None:
        cube: Cube = request.getfixturevalue(kind)
        pounds = cube.where(currency="GBP")

        dearest = pounds.facts("line_net_revenue", order=["line_net_revenue:desc"], limit=2, page=1)
        last = pounds.members("country", order=["country:desc"], limit=1)

        assert dearest["Net revenue"].tolist() == [Decimal("40.0000"), Decimal("30.0000")]
        assert last["Country"].tolist() == ["대한민국"]

    def test_what_is_not_there_is_refused(self, kind: str, request: pytest.FixtureRequest) -> None:
        cube: Cube = request.getfixturevalue(kind)
        by_year = cube.where(currency="GBP").by("year")

        with pytest.raises(
            RequestError, match=r"cannot order by 'date\.month', which the answer does not hold"
        ):
            by_year.order("month").frame("lines")
        with pytest.raises(RequestError, match="cannot order by 'revenue'"):
            by_year.order("revenue:desc").frame("lines")
        with pytest.raises(RequestError, match="say one of customer:region, branch:region"):
            by_year.order("region")
        with pytest.raises(RequestError, match="page -1: pages are numbered from 0 to 2147483647"):
            by_year.page(-1, 10)
        with pytest.raises(RequestError, match="a page of 0 rows: it has 1 to 2147483647"):
            by_year.page(0, 0)

    def test_explain_tells_how_the_page_is_answered(self, kind: str, request: pytest.FixtureRequest) -> None:
        cube: Cube = request.getfixturevalue(kind)

        told = cube.where(currency="GBP").by("year").order("lines:desc").page(2, 3).explain("lines")

        assert {6, 3} <= set(told["values"])


class TestOthers:
    @pytest.mark.parametrize("kind", ["in_process", "at_server"])
    def test_aggregates_are_exact_and_ratios_are_floats(
        self, kind: str, request: pytest.FixtureRequest
    ) -> None:
        cube: Cube = request.getfixturevalue(kind)

        given = cube.where(date=2011).aggregate("net_revenue", "orders", "aov", "frequency")

        assert given == {"net_revenue": Decimal("117.7787"), "orders": 5, "aov": 23.55574, "frequency": 2.0}
        assert [type(value) for value in given.values()] == [Decimal, int, float, float]

    @pytest.mark.parametrize("kind", ["in_process", "at_server"])
    def test_members_and_facts(self, kind: str, request: pytest.FixtureRequest) -> None:
        cube: Cube = request.getfixturevalue(kind)

        members = cube.where(date=2010).members("category")
        facts = cube.where(date=2010).facts("product.code", "line_net_revenue", limit=2)

        assert members.to_dict("list") == {"Department": ["home", "home"], "Category": ["candles", "lamps"]}
        assert facts["Product code"].tolist() == ["85123-A", "85124"]
        assert facts["Net revenue"].sum() == Decimal("29.5000")
        assert len(facts) == 2

    @pytest.mark.parametrize("kind", ["in_process", "at_server"])
    def test_members_and_facts_are_of_the_cell_whatever_is_shown_beside_its_aggregates(
        self, kind: str, request: pytest.FixtureRequest
    ) -> None:
        cube: Cube = request.getfixturevalue(kind)
        asked = cube.where(date=2010).as_of("now")
        beside = asked.by("date:year").compare("year_ago").having("lines>5").totals().top(1)

        assert beside.facts().equals(asked.facts())
        assert beside.members("category").equals(asked.members("category"))

    def test_the_model_is_the_slicers(self, at_server: Cube) -> None:
        assert at_server.model["name"] == "sales"


WRONG: list[tuple[Words, str]] = [
    (lambda cube: cube.where(land="France"), "unknown dimension or level 'land'; dimensions: date, customer"),
    (lambda cube: cube.where(region="north"), "say one of customer:region, branch:region"),
    (lambda cube: cube.by("week"), "unknown dimension or level 'week'"),
    (lambda cube: cube.where(category="cars"), "no member 'cars' of level category of product"),
    (lambda cube: cube.where(category=Between("a", "b")), "say product=Between"),
    (lambda cube: cube.where(gender=[]), "an empty list of members"),
    (lambda cube: cube.where(date=Between()), "needs a start or an end"),
]


class TestWrongWords:
    @pytest.mark.parametrize(("words", "why"), WRONG, ids=[why for _, why in WRONG])
    def test_are_refused_with_the_right_ones(self, in_process: Cube, words: Words, why: str) -> None:
        with pytest.raises(RequestError) as refused:
            words(in_process)

        assert why in str(refused.value)

    @pytest.mark.parametrize("kind", ["in_process", "at_server"])
    def test_what_the_cube_refuses_is_said_the_same_everywhere(
        self, kind: str, request: pytest.FixtureRequest
    ) -> None:
        cube: Cube = request.getfixturevalue(kind)

        with pytest.raises(RequestError, match="GBP, KRW"):
            cube.by("country").frame()
        with pytest.raises(RequestError, match="no such date"):
            cube.where(date=(2011, 5)).frame()
        with pytest.raises(RequestError, match="unknown segment 'Vip'"):
            cube.where(segment="Vip").frame()
        with pytest.raises(RequestError, match="ends before it begins: 2010 comes before 2011"):
            cube.where(date=Between(2011, 2010)).frame()
        with pytest.raises(RequestError, match="unknown aggregate 'revenue'; known: net_revenue"):
            cube.by("year").frame("revenue")

    def test_neither_a_server_nor_a_store_or_both(self) -> None:
        with pytest.raises(RequestError, match="give one of them"):
            Cube("sales")
        with pytest.raises(RequestError, match="http:// or https://"):
            Cube("sales", url="file:///etc/passwd")

    def test_without_a_token(self, url: str) -> None:
        with pytest.raises(RequestError, match="bearer token"):
            Cube("sales", url=url).where(date=2011).frame("lines")

    def test_where_nobody_listens(self) -> None:
        with pytest.raises(CubeError, match=r"no answer from http://127\.0\.0\.1:9/slicer"):
            Cube("sales", url="http://127.0.0.1:9").aggregate("lines")


class TestOpened:
    def test_a_cube_file_is_asked_without_a_server(self, tmp_path: Path) -> None:
        _file_at(tmp_path / "cube.duckdb")

        with opened(tmp_path) as store:
            assert Cube("sales", store=store).aggregate("lines") == {"lines": 20}

    def test_where_there_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(CubeError, match="no cube at"), opened(tmp_path):
            pass

    def test_a_file_that_was_never_built(self, tmp_path: Path) -> None:
        DuckDB(tmp_path / "cube.duckdb").close()

        with pytest.raises(CubeError, match="never built"), opened(tmp_path):
            pass


def _file_at(path: Path) -> None:
    with DuckDB(path) as engine:
        engine.create_tables(star.metadata)
        for table, rows in ROWS.items():
            insert(engine, table, rows)
        mark = watermark.Watermark(
            "db", 1, 5, "Asia/Seoul", "GBP", watermark.shape(), watermark.EMPTY.read_at
        )
        with engine.transaction() as cursor:
            rollups.build(cursor)
            ledger.store(cursor, mark)
