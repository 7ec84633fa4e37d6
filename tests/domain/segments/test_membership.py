"""Which customers meet a rule; asked of one customer, the same."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.rules.reading import read_rule
from domain.segments.membership import members
from domain.segments.moments import moment_of
from domain.selection import ids
from tests.domain.segments.conftest import NOW

ALIVE = [1, 2, 3, 4, 5]

RULES: list[tuple[dict[str, Any], list[int]]] = [
    ({"trait": {"name": "REGION", "in": ["서울", "대구"]}}, [1, 2, 5]),
    ({"not": {"trait": {"name": "REGION", "in": ["서울"]}}}, [3, 4]),
    ({"trait": {"name": "KIND", "in": ["ORGANISATION"]}}, [4]),
    ({"age": {"atLeast": 40}}, [1]),
    ({"age": {"atMost": 39}}, [2, 5]),
    ({"attribute": {"name": "pets", "in": ["cat", "fish"]}}, [1]),
    ({"attribute": {"name": "size", "in": ["42"]}}, [3]),
    ({"contactPoints": ["EMAIL"]}, [1]),
    ({"contactPoints": ["EMAIL", "PHONE"]}, [1, 2]),
    ({"consents": ["MARKETING"]}, [1, 3]),
    ({"not": {"consents": ["MARKETING", "SURVEY"]}}, [4, 5]),
    ({"homeBranches": [ids.made("Branch", 1)]}, [1, 3]),
    ({"lifecycle": ["LOYAL", "NEW"]}, [1, 2]),
    ({"orders": {"atLeast": 2}}, [1]),
    ({"orders": {"atLeast": 1}}, [1, 2, 3]),
    ({"orders": {"atMost": 0}}, [4, 5]),
    ({"orders": {"atLeast": 1, "days": 2}}, [1]),
    ({"orders": {"atLeast": 1, "days": 3}}, [1, 2]),
    ({"orders": {"atLeast": 2, "days": 29}}, [1]),
    ({"orders": {"atLeast": 2, "days": 28}}, []),
    ({"revenue": {"currency": "KRW", "atLeast": "150.5"}}, [1, 2]),
    ({"revenue": {"currency": "KRW", "atLeast": "150.6"}}, [2]),
    ({"revenue": {"currency": "KRW", "below": "0"}}, [5]),
    ({"revenue": {"currency": "USD", "below": "1"}}, [1, 2, 4, 5]),
    ({"revenue": {"currency": "KRW", "atLeast": "100", "below": "101", "days": 1}}, [1]),
    ({"recency": {"atMost": 0}}, [1]),
    ({"recency": {"atLeast": 2, "atMost": 2}}, [2]),
    ({"recency": {"atLeast": 700}}, [3]),
    ({"not": {"recency": {"atLeast": 0}}}, [4, 5]),
    ({"bought": {"productId": ids.made("Product", 1)}}, [1, 3]),
    ({"bought": {"productId": ids.made("Product", 1), "atLeast": 2}}, []),
    ({"bought": {"categoryId": ids.made("Category", 1), "days": 30}}, [1]),
    ({"touchpoints": {"atLeast": 1}}, [1, 3]),
    ({"touchpoints": {"atLeast": 1, "days": 1, "channels": ["WEB"]}}, [1, 3]),
    ({"touchpoints": {"atLeast": 1, "kinds": ["VIEW"]}}, [1]),
    ({"touchpoints": {"atMost": 1, "kinds": ["CONTACT", "VIEW"]}}, [2, 3, 4, 5]),
    ({"rfm": {"scheme": "default", "recency": [1], "frequency": [3], "monetary": [3]}}, [2]),
    ({"rfm": {"scheme": "default", "frequency": [3]}}, [1, 2]),
    ({"not": {"rfm": {"scheme": "default", "recency": [1, 2, 3]}}}, [3, 4, 5]),
    ({"all": [{"orders": {"atLeast": 1}}, {"not": {"lifecycle": ["LAPSED"]}}]}, [1, 2]),
    (
        {"any": [{"age": {"atLeast": 40}}, {"all": [{"orders": {"atMost": 0}}, {"lifecycle": ["GROWING"]}]}]},
        [1, 5],
    ),
]


async def _met(session: AsyncSession, rule: dict[str, Any], only: list[int] | None = None) -> list[int]:
    found = members(read_rule(rule), await moment_of(session, NOW), only=only)
    return sorted(await session.scalars(found))


class TestMembers:
    async def test_each_rule_picks_whom_it_says(self, people: AsyncSession) -> None:
        found = [(rule, await _met(people, rule)) for rule, _ in RULES]

        assert found == RULES

    async def test_asked_of_one_customer_it_says_the_same(self, people: AsyncSession) -> None:
        found = [(rule, [key for key in [*ALIVE, 6] if await _met(people, rule, [key])]) for rule, _ in RULES]

        assert found == RULES

    @pytest.mark.parametrize("at", [0, 13], ids=["trait", "orders"])
    async def test_a_behaviour_that_is_named_twice_is_joined_once(
        self, people: AsyncSession, at: int
    ) -> None:
        rule = read_rule({"any": [RULES[13][0], {"not": RULES[15][0]}, RULES[at][0]]})

        statement = str(members(rule, await moment_of(people, NOW)))

        assert statement.count("FROM orders") == 1
