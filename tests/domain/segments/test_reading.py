"""A rule that is none is refused with its place and the words that are allowed."""

import unicodedata
from typing import Any

import pytest

from domain.errors import Invalid
from domain.rules.reading import MOST_CONDITIONS, MOST_DEPTH, read_rule
from domain.rules.writing import written
from domain.selection import ids
from tests.domain.segments.test_membership import RULES

DEEP: Any = {"age": {"atLeast": 1}}
for _ in range(MOST_DEPTH):
    DEEP = {"not": DEEP}

AGE = {"age": {"atLeast": 1}}

REFUSED: dict[str, tuple[Any, tuple[str | int, ...], str]] = {
    "no object": (3, (), "a rule says exactly one thing; allowed: all, any, not, trait, age"),
    "two things": ({"age": {}, "orders": {}}, (), "exactly one thing"),
    "unknown": ({"x": {}}, (), "unknown word 'x'; allowed: all, any, not"),
    "deep place": ({"all": [AGE, {"not": {"y": 1}}]}, ("all", 1, "not"), "unknown word 'y'"),
    "empty": ({"any": []}, ("any",), "at least one rule"),
    "too deep": (DEEP, ("not",) * MOST_DEPTH + ("age",), f"{MOST_DEPTH} levels deep at most"),
    "too many": (
        {"all": [AGE] * (MOST_CONDITIONS + 1)},
        ("all", MOST_CONDITIONS, "age"),
        "at most 50 conditions",
    ),
    "key": ({"age": {"from": 1}}, ("age",), "unknown word 'from'; allowed: atLeast, atMost"),
    "trait": ({"trait": {"name": "NAME", "in": ["x"]}}, ("trait", "name"), "allowed: KIND, GENDER, COUNTRY"),
    "no values": ({"trait": {"name": "KIND", "in": []}}, ("trait", "in"), "a list of 1 to 100 values"),
    "gender": ({"trait": {"name": "GENDER", "in": ["F"]}}, ("trait", "in"), "allowed: FEMALE, MALE, OTHER"),
    "stage": ({"lifecycle": ["OLD"]}, ("lifecycle",), "unknown word 'OLD'; allowed: PROSPECT, NEW"),
    "no end": ({"orders": {"days": 3}}, ("orders",), "give atLeast, atMost or both"),
    "crossed": (
        {"orders": {"atLeast": 3, "atMost": 2}},
        ("orders", "atLeast"),
        "atLeast 3 is above atMost 2",
    ),
    "days": ({"orders": {"atLeast": 1, "days": 0}}, ("orders", "days"), "whole number of 1 to 36500"),
    "float": ({"orders": {"atLeast": 1.5}}, ("orders", "atLeast"), "whole number of 0 to 1000000"),
    "bool": ({"orders": {"atLeast": True}}, ("orders", "atLeast"), "whole number"),
    "money": ({"revenue": {"currency": "KRW", "atLeast": 5}}, ("revenue", "atLeast"), "digits in a string"),
    "currency": ({"revenue": {"atLeast": "5"}}, ("revenue", "currency"), "currency is missing"),
    "neither": ({"bought": {"atLeast": 1}}, ("bought",), "a product or a category"),
    "id": (
        {"bought": {"productId": ids.made("Branch", 1)}},
        ("bought", "productId"),
        "needed: an id of Product",
    ),
    "channel": (
        {"touchpoints": {"atLeast": 1, "channels": ["FAX"]}},
        ("touchpoints", "channels"),
        "unknown word 'FAX'; allowed:",
    ),
    "no score": ({"rfm": {"scheme": "default"}}, ("rfm",), "at least one of recency"),
    "score": ({"rfm": {"scheme": "default", "recency": [6]}}, ("rfm", "recency"), "scores of 1 to 5"),
}


class TestReadRule:
    @pytest.mark.parametrize("name", REFUSED)
    def test_what_is_no_rule_is_refused_at_its_place(self, name: str) -> None:
        given, place, told = REFUSED[name]

        with pytest.raises(Invalid) as refused:
            read_rule(given, "rule")

        assert told in refused.value.message
        assert refused.value.path == ("rule", *place)


class TestWritten:
    @pytest.mark.parametrize("at", range(len(RULES)))
    def test_what_is_written_is_read_as_the_same_rule(self, at: int) -> None:
        rule = read_rule(RULES[at][0])

        assert read_rule(written(rule)) == rule

    def test_texts_are_as_they_were_read(self) -> None:
        given = {"trait": {"name": "REGION", "in": [unicodedata.normalize("NFD", " 서울 ")]}}

        assert written(read_rule(given)) == {"trait": {"name": "REGION", "in": ["서울"]}}
