"""A cell and the rule that says it have the same customers, whatever cuts the cell."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from domain.db import engine as make_engine
from domain.rules.reading import read_rule
from domain.segments import membership
from domain.segments.moments import Moment
from domain.segments.named import named
from olap.engines.postgres import Postgres
from olap.mining.saying import Names, NotSayable, names_of, rule_of
from olap.plan import RowFilter
from olap.request import FactsRequest, Texts, facts_request
from olap.vocabulary import CubeModel, model_of
from olap.vocabulary.cells import path_text
from olap.whose import customers_of
from tests.olap.mining.conftest import Ask
from tests.olap.mining.test_segments import PETS

SEOUL = ZoneInfo("Asia/Seoul")
ALL = 10_000


def _cut(dimension: str, *paths: list[Any]) -> str:
    return f"{dimension}:{';'.join(map(path_text, paths))}"


def _of(dimension: str, *members: Any) -> st.SearchStrategy[str]:
    """One to three members, each a path or the only one of a path."""
    paths = [member if isinstance(member, list) else [member] for member in members]
    return st.lists(st.sampled_from(paths), min_size=1, max_size=3, unique_by=str).map(
        lambda some: _cut(dimension, *some)
    )


def _either(dimension: str) -> st.SearchStrategy[str]:
    return st.sampled_from([f"{dimension}:yes", f"{dimension}:no", f"!{dimension}:yes", f"!{dimension}:no"])


TRAITS = st.one_of(
    _of("customer", ["KR"], ["KR", "서울"], ["KR", "부산"], ["US"]),
    _of("gender", "female", "male"),
    _of("customer_kind", "person", "organisation"),
    _of("lifecycle_stage", "new", "loyal", "lapsed"),
    _of("age_band", "0-19", "20-29", "30-39", "50-59", "60-69", "70+"),
    _of("home_branch", ["north", "S1"], [None, "S2"]),
    *(_either(f"consent_{purpose}") for purpose in ("marketing", "survey", "third_party")),
    _either("has_email"),
    _either("has_phone"),
    _of("rfm_cell", *(f"{r}{f}{m}" for r in (1, 2, 3) for f in (1, 3) for m in (1, 2))),
    _of("rfm_recency", 1, 2, 5),
    _of("rfm_frequency", 1, 3),
    _of("rfm_monetary", 2, 3),
    _of("attribute_1", *(["pets", each] for each in (*PETS, "x"))),
    _of("attribute_2", *(["size", each] for each in ("0.5", "1.5", "1.50", "2.5"))),
    _of("attribute_3", ["tall", "true"], ["tall", "false"]),
    _of("attribute_4", ["since", "2025-01-01"], ["since", "2025-01-02"]),
)
FIRST_DAYS = st.dates(date(2023, 12, 1), date(2026, 1, 31)).map(
    lambda day: f"date@ymd:{day.year},{day.month},{day.day}-today"
)
GOODS = _of(
    "product",
    ["a"],
    ["a", "b"],
    ["c"],
    ["a", None, None, "p1"],
    ["a", "b", None, "p2"],
    ["c", None, None, "p3"],
    [None, None, None, "p4"],
)
CHANNELS = _of("channel", ["digital"], ["digital", "web"], ["shop", "store"], ["message", "email"], ["call"])
KINDS = _of("kind", "contact", "view", "review")


def _cells(
    cube: str, always: list[str], *facts: st.SearchStrategy[str], traits: int = 0
) -> st.SearchStrategy[tuple[str, str]]:
    """Cells with at least so many cuts of what customers are."""
    some = st.lists(TRAITS, min_size=traits, max_size=2)
    told = st.tuples(some, *(st.one_of(st.just(""), each) for each in facts))
    return told.map(lambda cuts: (cube, "|".join(filter(None, [*always, *cuts[0], *cuts[1:]]))))


CELLS = st.one_of(
    _cells("sales", ["line_kind:sale"], FIRST_DAYS, GOODS),
    _cells("touchpoints", [], FIRST_DAYS, CHANNELS, KINDS),
    _cells("customers", ["month_ended:no"], traits=1),
)


class Company:
    """Asks cells of the mart and rules of the tables, of one database that stands still."""

    def __init__(self, url: str, today: date) -> None:
        self.cube = Postgres(url)
        self.today = today
        self._runner = asyncio.Runner()
        self._engine = make_engine(url, pool_size=1)

    def request(self, cube: str, cut: str) -> tuple[CubeModel, FactsRequest]:
        model = model_of(cube)
        now = datetime.combine(self.today, time(12), SEOUL)
        return model, facts_request(model, Texts(cut=[cut], asof="now"), now=now, language="en")

    def members(self, cube: str, cut: str) -> list[int]:
        return customers_of(self.cube, *self.request(cube, cut), RowFilter(), most=ALL)

    def rule(self, cube: str, cut: str) -> Any:
        model, asked = self.request(cube, cut)
        wanted = names_of(model, asked)

        async def look_up() -> Names:
            async with AsyncSession(self._engine) as session:
                found = await named(
                    session,
                    categories=wanted.categories,
                    products=wanted.products,
                    branches=wanted.branches,
                )
            return Names(found.categories, found.products, found.branches, found.scheme, found.attributes)

        return rule_of(model, asked, self._runner.run(look_up()), self.today)

    def met(self, rule: Any) -> list[int]:
        async def ask() -> list[int]:
            async with self._engine.connect() as connection:
                moment = Moment("Asia/Seoul", self.today)
                return list(await connection.scalars(membership.members(read_rule(rule), moment)))

        return sorted(self._runner.run(ask()))

    @contextmanager
    def open(self) -> Iterator["Company"]:
        yield self
        self.cube.close()
        self._runner.run(self._engine.dispose())
        self._runner.close()


@pytest.fixture(scope="module")
def company(buyers: str, today: date) -> Iterator[Company]:
    with Company(buyers, today).open() as opened:
        yield opened


class TestTwoWays:
    @settings(max_examples=60, deadline=None)
    @given(cell=CELLS)
    def test_who_is_in_the_cell_meets_its_rule_and_nobody_else(
        self, company: Company, cell: tuple[str, str]
    ) -> None:
        assert company.met(company.rule(*cell)) == company.members(*cell)

    @pytest.mark.parametrize(
        ("cube", "cut"),
        [
            ("sales", "line_kind:sale|product:a"),
            ("sales", "line_kind:sale|product:a,b,__null__,p2|rfm_recency:1;2"),
            ("sales", "line_kind:sale|!consent_marketing:yes|has_email:yes"),
            ("sales", "line_kind:sale|age_band:0\\-19;40\\-49|attribute_1:pets,cat"),
            ("sales", "line_kind:sale|home_branch:north,S1|consent_survey:yes"),
            ("touchpoints", "channel:digital|kind:view"),
            ("customers", "month_ended:no|rfm_cell:112;331"),
            ("customers", "month_ended:no|rfm_recency:2|rfm_monetary:2;3|home_branch:north,S1"),
        ],
    )
    def test_these_cells_tell_some_customers_from_others(self, company: Company, cube: str, cut: str) -> None:
        found = company.members(cube, cut)

        assert 0 < len(found) < 110
        assert company.met(company.rule(cube, cut)) == found

    def test_who_stood_in_a_cell_before_this_month_is_not_meant(self, company: Company, ask: Ask) -> None:
        moved = "month_ended:no|rfm_recency:3|rfm_frequency:3"
        by_hand = """SELECT s.customer_id FROM rfm_scores s JOIN customers c ON c.id = s.customer_id
            WHERE s.scheme = 'default' AND s.valid_to IS NULL AND s.recency = 3 AND s.frequency = 3
            AND c.erased_at IS NULL ORDER BY 1"""

        found = company.members("customers", moved)

        assert company.met(company.rule("customers", moved)) == found == [key for (key,) in ask(by_hand)]
        assert set(found) < set(company.members("customers", moved.replace("month_ended:no|", "")))

    def test_the_running_month_may_be_said_by_its_date(self, company: Company) -> None:
        day = company.today
        cut = f"date:{day.year},{(day.month + 2) // 3},{day.month}|rfm_cell:112;331"

        assert company.rule("customers", cut) == company.rule("customers", "month_ended:no|rfm_cell:112;331")

    def test_a_category_is_not_that_of_the_same_name_elsewhere(self, company: Company) -> None:
        with pytest.raises(NotSayable, match="there is no product 'c,b' now"):
            company.rule("sales", "line_kind:sale|product:c,b")

    def test_a_product_is_said_at_its_place_alone(self, company: Company) -> None:
        with pytest.raises(NotSayable, match="there is no product"):
            company.rule("sales", "line_kind:sale|product:c,__null__,__null__,p1")

    def test_an_attribute_that_the_star_does_not_tell_has_no_place(self, company: Company, ask: Ask) -> None:
        ((told,),) = ask("SELECT count(*) FROM mart.customer WHERE attribute_5 IS NOT NULL")

        assert told == 0
        with pytest.raises(NotSayable, match="no attribute has its place"):
            company.rule("sales", "line_kind:sale|attribute_5:own,x")
