"""A rule over the star picks the same customers as on Postgres, whatever the rule."""

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.db import engine as make_engine
from domain.rules.reading import read_rule
from domain.segments import membership
from domain.segments.moments import Moment
from domain.selection import ids
from olap.engines.duckdb import DuckDB
from olap.mining.segments import FIRST_DAY, Held, NotInStar, members
from olap.plan import RowFilter
from tests.olap.mining.conftest import Ask

TODAY = date(2025, 12, 31)
HELD = Held(attributes=frozenset({"pets", "size", "tall", "since"}))

SINCE_1950 = (TODAY - FIRST_DAY).days + 1
_days = st.sampled_from([1, 2, 30, 90, 91, 365, SINCE_1950])
_few = st.integers(0, 4)


def _windowed(ends: st.SearchStrategy[dict[str, Any]], **more: Any) -> st.SearchStrategy[dict[str, Any]]:
    parts = st.tuples(ends, st.fixed_dictionaries({}, optional={"days": _days, **more}))
    return parts.map(lambda both: both[0] | both[1])


def _range(of: st.SearchStrategy[int]) -> st.SearchStrategy[dict[str, Any]]:
    both = st.tuples(of, of).map(lambda pair: {"atLeast": min(pair), "atMost": max(pair)})
    return st.one_of(of.map(lambda n: {"atLeast": n}), of.map(lambda n: {"atMost": n}), both)


def _some(*of: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(of), min_size=1, max_size=2, unique=True)


_amounts = st.sampled_from(["-100000", "0", "0.0001", "50000", "99999.9999", "100000", "300000.0003"])
_revenue = st.tuples(
    st.sampled_from(["KRW", "USD"]),
    st.one_of(_amounts.map(lambda a: {"atLeast": a}), _amounts.map(lambda a: {"below": a})),
).map(lambda both: {"currency": both[0], **both[1]})

_scores = st.lists(st.integers(1, 4), min_size=1, max_size=2, unique=True)

PETS = ("cat", 'a "dog": "x"', "100%\\_/고양이", "100%\\_/", 'dog": "x')

CONDITIONS: st.SearchStrategy[dict[str, Any]] = st.one_of(
    _some("서울", "부산", "x").map(lambda among: {"trait": {"name": "REGION", "in": among}}),
    _some("FEMALE", "OTHER").map(lambda among: {"trait": {"name": "GENDER", "in": among}}),
    _some("PERSON", "ORGANISATION").map(lambda among: {"trait": {"name": "KIND", "in": among}}),
    _some("NEW", "LOYAL").map(lambda among: {"lifecycle": among}),
    st.integers(1, 2).map(lambda key: {"homeBranches": [ids.made("Branch", key)]}),
    _windowed(_range(_few)).map(lambda said: {"orders": said}),
    _windowed(_revenue).map(lambda said: {"revenue": said}),
    _range(st.integers(0, 800)).map(lambda said: {"recency": said}),
    _windowed(
        st.integers(1, 4).map(lambda key: {"productId": ids.made("Product", key)}), atLeast=st.integers(1, 3)
    ).map(lambda said: {"bought": said}),
    st.integers(1, 12).map(lambda key: {"bought": {"categoryId": ids.made("Category", key)}}),
    _windowed(
        st.sampled_from([1, 2, 12]).map(lambda key: {"categoryId": ids.made("Category", key)}),
        atLeast=st.integers(1, 3),
    ).map(lambda said: {"bought": said}),
    _some(*PETS, "x").map(lambda among: {"attribute": {"name": "pets", "in": among}}),
    _some("0.5", "1.50", "2.5").map(lambda among: {"attribute": {"name": "size", "in": among}}),
    _some("true", "false").map(lambda among: {"attribute": {"name": "tall", "in": among}}),
    _some("2025-01-01", "2025-01-02").map(lambda among: {"attribute": {"name": "since", "in": among}}),
    _some("EMAIL", "PHONE").map(lambda among: {"contactPoints": among}),
    _some("MARKETING", "SURVEY", "THIRD_PARTY").map(lambda among: {"consents": among}),
    st.fixed_dictionaries(
        {"scheme": st.sampled_from(["default", "a_b"]), "recency": _scores},
        optional={"frequency": _scores, "monetary": _scores},
    ).map(lambda said: {"rfm": said}),
    _windowed(_range(_few), channels=_some("WEB", "STORE"), kinds=_some("VIEW", "CONTACT")).map(
        lambda said: {"touchpoints": said}
    ),
)

RULES: st.SearchStrategy[dict[str, Any]] = st.recursive(
    CONDITIONS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda rules: {"all": rules}),
        st.lists(inner, min_size=1, max_size=3).map(lambda rules: {"any": rules}),
        inner.map(lambda rule: {"not": rule}),
    ),
    max_leaves=6,
)


class _Postgres:
    """Asks rules of one database, in a loop of its own."""

    def __init__(self, url: str) -> None:
        self._runner = asyncio.Runner()
        self._engine: AsyncEngine = make_engine(url, pool_size=1)

    def met(self, rule: dict[str, Any], today: date = TODAY) -> list[int]:
        moment = Moment("Asia/Seoul", today)

        async def ask() -> list[int]:
            async with self._engine.connect() as connection:
                return list(await connection.scalars(membership.members(read_rule(rule), moment)))

        return sorted(self._runner.run(ask()))

    def close(self) -> None:
        self._runner.run(self._engine.dispose())
        self._runner.close()


@pytest.fixture(scope="module")
def postgres(buyers: str) -> Iterator[_Postgres]:
    opened = _Postgres(buyers)
    yield opened
    opened.close()


class TestTwoWays:
    @settings(max_examples=80, deadline=None)
    @given(rule=RULES)
    def test_the_star_and_postgres_pick_the_same(
        self, facts: DuckDB, postgres: _Postgres, rule: dict[str, Any]
    ) -> None:
        found = facts.fetch(members(rule, TODAY, HELD)).column("customer_id").to_pylist()

        assert sorted(found) == postgres.met(rule)

    @pytest.mark.parametrize("years", [0, 1, 18, 41, 59])
    def test_ages_are_told_on_the_day_that_the_star_was_read_on(
        self, facts: DuckDB, postgres: _Postgres, today: date, years: int
    ) -> None:
        rule = {"any": [{"age": {"atLeast": years, "atMost": years + 1}}, {"not": {"age": {"atMost": 50}}}]}

        found = facts.fetch(members(rule, today, Held(day=today))).column("customer_id").to_pylist()

        assert sorted(found) == postgres.met(rule, today)
        with pytest.raises(NotInStar):
            members(rule, today, Held(day=today - timedelta(days=1)))

    @pytest.mark.parametrize("branches", [[1], [1, 2], []])
    def test_whoever_sees_some_customers_is_told_of_those(
        self, facts: DuckDB, ask: Ask, branches: list[int]
    ) -> None:
        rule = {"not": {"trait": {"name": "REGION", "in": ["x"]}}}

        of_branches = members(rule, TODAY, seen=RowFilter(branch_keys=frozenset(branches)))
        owned = members(rule, TODAY, seen=RowFilter(owner_id=1))

        theirs = f"home_branch_id = ANY ('{set(branches) or {}}') AND erased_at IS NULL"
        expected = ask(f"SELECT id FROM customers WHERE {theirs} ORDER BY 1")
        assert sorted(facts.fetch(of_branches).column(0).to_pylist()) == [key for (key,) in expected]
        assert facts.fetch(owned).num_rows == 0

    @pytest.mark.parametrize(
        "rule",
        [
            {"age": {"atLeast": 1}},
            {"attribute": {"name": "own", "in": ["x"]}},
            {"not": {"contactPoints": ["EMAIL", "ADDRESS"]}},
            {"orders": {"atLeast": 1, "days": SINCE_1950 + 1}},
        ],
        ids=["age", "attribute", "address", "days"],
    )
    def test_what_the_star_does_not_hold_is_said(self, rule: dict[str, Any]) -> None:
        with pytest.raises(NotInStar):
            members(rule, TODAY, HELD)
