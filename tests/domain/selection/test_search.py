"""Searching names: by any part, by initial consonants, in NFC or NFD, against a search written in plain Python."""

import json
import random
import unicodedata
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import SYSTEM
from domain.branches.model import Branch
from domain.customers.model import Customer
from domain.customers.queries import customers
from domain.errors import Invalid
from domain.hangul import CONSONANTS, composed, initials
from domain.selection import tree
from domain.selection.compile import compiled
from domain.selection.entities import DESC, Term
from domain.selection.patterns import CAPITALS, SMALL, pattern
from domain.selection.run import read_in
from domain.selection.statement import Statement
from domain.selection.subjects import Seen
from domain.selection.values import Later

SYLLABLES = "김민수가각개까나하힣홍길동"
LETTERS = "kKiImM éÉ Ł1.%_\\*'\"(["
ALPHABET = SYLLABLES * 3 + "ㄱㅎㅏ" + LETTERS + "\u1112\u1100"


def _names(seed: int, count: int) -> list[tuple[str, str | None]]:
    drawn = random.Random(seed)
    found = []
    for _ in range(count):
        hangul = "".join(drawn.choices(SYLLABLES, k=drawn.randint(1, 4)))
        wild = "".join(drawn.choices(ALPHABET, k=drawn.randint(1, 8)))
        name = (
            unicodedata.normalize("NFC", drawn.choice([hangul, hangul, wild, hangul + " " + wild])).strip()
            or "-"
        )
        other = "".join(drawn.choices(LETTERS + "김ㄱ", k=drawn.randint(0, 7)))
        found.append((name, drawn.choice([other, None])))
    return found


NAMES = _names(7, 300)


ALONE = {unicodedata.normalize("NFD", chr(0xAC00 + 588 * at))[0]: each for at, each in enumerate(CONSONANTS)}


@cache
def folded(given: str) -> str:
    """The text as people compare it: small, no spaces, a choseong alone is what one types."""
    one_by_one = (ALONE.get(char, char) for char in unicodedata.normalize("NFC", given) if char != " ")
    return "".join(
        char.lower() if ord(char) < 0x180 and len(char.lower()) == 1 else char for char in one_by_one
    )


def begins_with(consonant: str, char: str) -> bool:
    first = unicodedata.normalize("NFD", char)[0]
    return len(unicodedata.normalize("NFD", char)) > 1 and folded(first) == consonant and "가" <= char <= "힣"


def stands_in(sought: str, name: str | None) -> bool:
    """Whether the pattern stands somewhere in the name, character by character."""
    pieces, chars = folded(sought), folded(name or "")
    return any(
        all(
            p == c or (p in CONSONANTS and begins_with(p, c))
            for p, c in zip(pieces, chars[at:], strict=False)
        )
        for at in range(len(chars) - len(pieces) + 1)
    )


def grams(name: str, other: str | None) -> list[str]:
    """The grams of a stored name and its other name, as domain/selection/patterns.py tells them."""
    own, more = folded(name), folded(other or "")
    anchored = all("가" <= char <= "힣" for char in name) and bool(name)
    alone = [each for char in own[anchored:] + more for each in {char, initials(char)}]
    pairs = _pairs(own)[anchored:] + _pairs(more)[not any("가" <= char <= "힣" for char in more[:2]) :]
    marked = [f"^{own[:2]}", f"^{initials(own[:2])}"] if anchored and len(own) > 1 else []
    return sorted([*alone, *marked, *(each for pair in pairs for each in {pair, initials(pair)})])


def _pairs(text: str) -> list[str]:
    return [text[at : at + 2] for at in range(len(text) - 1)]


@cache
def page(order: tuple[Term, ...], *, last: bool, size: int = 100) -> tree.Selection:
    parts = (
        tree.Nodes("nodes", (tree.Shown("name", customers.name), tree.Shown("other", customers.latin_name))),
        tree.Count("n"),
    )
    rows = tree.Rows(customers, search=Later(("s",)))
    return (tree.Page("found", rows, order, tree.Window(size, backward=last), parts),)


BY_NAME = Term(customers.name), Term(customers.id)
ORDERS = [
    (Term(customers.name),),
    (Term(customers.name, DESC),),
    (Term(customers.created_at), Term(customers.name)),
]


@pytest.fixture
async def crowd(session: AsyncSession) -> AsyncSession:
    """A session that has added many names."""
    await session.execute(insert(Customer), [{"name": name, "latin_name": other} for name, other in NAMES])
    return session


@cache
def statement(selection: tree.Selection) -> Statement:
    return compiled(selection, SYSTEM)


async def answer(session: AsyncSession, selection: tree.Selection, sought: str) -> Any:
    return json.loads(await read_in(session, statement(selection), {"s": sought}, SYSTEM, Seen()))["found"]


@st.composite
def patterns(draw: Any) -> str:
    """Parts of names with some syllables as their consonants or decomposed, and texts of any kind."""
    name = draw(st.sampled_from([part for names in NAMES for part in names if part]))
    start = draw(st.integers(0, len(name) - 1))
    part = list(name[start : start + draw(st.integers(1, 4))])
    changes = [draw(st.sampled_from([str, str, initials, str.upper, str.lower])) for _ in part]
    made = "".join(change(char) for change, char in zip(changes, part, strict=True))
    wild = draw(st.text(st.sampled_from(ALPHABET), max_size=3))
    chosen = draw(st.sampled_from([made, made, made, wild, made + wild]))
    return str(draw(st.sampled_from([chosen, unicodedata.normalize("NFD", chosen)])))


class TestFound:
    @settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        sought=patterns(), order=st.sampled_from(ORDERS), last=st.booleans(), size=st.sampled_from([3, 100])
    )
    async def test_what_is_found_is_what_plain_python_finds(
        self, crowd: AsyncSession, sought: str, order: tuple[Term, ...], last: bool, size: int
    ) -> None:
        expected = [row for row in NAMES if stands_in(sought, row[0]) or stands_in(sought, row[1])]
        names = sorted((name for name, _ in expected), reverse=order[0].descending)

        found = await answer(crowd, page(order, last=last, size=size), sought)

        assert [node["name"] for node in found["nodes"]] == (names[-size:] if last else names[:size])
        assert found["n"] == len(names)

    @pytest.mark.parametrize(
        "sought",
        ["%", "_", "\\", "'", "'; DROP TABLE customers; --", "$1", "*", "(", "[", "^", ".", "***:(?i)k"],
    )
    async def test_a_pattern_of_another_language_is_only_text(self, crowd: AsyncSession, sought: str) -> None:
        expected = sorted(n for n, other in NAMES if stands_in(sought, n) or stands_in(sought, other))

        found = await answer(crowd, page(ORDERS[0], last=False), sought)

        assert [node["name"] for node in found["nodes"]] == expected[:100]

    async def test_an_empty_search_finds_all(self, crowd: AsyncSession) -> None:
        assert (await answer(crowd, page(ORDERS[0], last=False), " "))["n"] == len(NAMES)

    async def test_names_that_change_are_found_by_what_they_are_now(self, crowd: AsyncSession) -> None:
        await crowd.execute(update(Customer).values(name="새이름", latin_name="Sae"))

        assert (await answer(crowd, page(ORDERS[0], last=False), "ㅅㅇㄹ"))["n"] == len(NAMES)
        assert (await answer(crowd, page(ORDERS[0], last=False), "김"))["n"] == 0

    @pytest.mark.parametrize(
        ("typed", "consonants"),
        [("ㄳ", "ㄱㅅ"), ("김ㄳ", "김ㄱㅅ"), ("ㅎㅄ", "ㅎㅂㅅ"), ("ㄺㄼ", "ㄹㄱㄹㅂ")],
    )
    async def test_consonants_that_a_keyboard_made_one_are_two(
        self, session: AsyncSession, typed: str, consonants: str
    ) -> None:
        named = ["김가수", "김가소", "가수", "한비서", "라가라보", "김수가"]
        await session.execute(insert(Customer), [{"name": name} for name in named])

        found = await answer(session, page(ORDERS[0], last=False), typed)

        assert {node["name"] for node in found["nodes"]} == {n for n in named if stands_in(consonants, n)}
        assert found["n"] > 0

    async def test_entities_without_grams_are_searched_too(self, session: AsyncSession) -> None:
        from domain.selection.entities import Entity, Search

        named = Entity(
            "Branch", Branch.__table__, search=Search(names=("name", "code"), words="name or code")
        )
        await session.execute(
            insert(Branch),
            [
                {"code": "S1", "name": "강남점", "kind": "SHOP"},
                {"code": "X", "name": "부산점", "kind": "SHOP"},
            ],
        )
        rows = tree.Rows(named, search=Later(("s",)))
        asked = (
            tree.Page(
                "found",
                rows,
                (Term(named.name),),
                tree.Window(9),
                (tree.Nodes("nodes", (tree.Shown("code", named.code),)),),
            ),
        )

        by_consonants = await answer(session, asked, "ㄱㄴ")
        by_code = await answer(session, asked, "s1")

        assert by_consonants == by_code == {"nodes": [{"code": "S1"}]}


class TestNothingChanges:
    async def test_an_update_that_changes_nothing_still_raises_no_version(self, crowd: AsyncSession) -> None:
        await crowd.execute(text("UPDATE customers SET changed_xid = '1' WHERE false"))
        before = list(await crowd.scalars(select(Customer.version)))

        await crowd.execute(text("UPDATE customers SET name = name, latin_name = latin_name"))

        assert list(await crowd.scalars(select(Customer.version))) == before


class TestPatterns:
    def test_one_that_is_too_long_is_refused(self) -> None:
        with pytest.raises(Invalid, match="a search has at most 100 characters, not 101"):
            pattern("a" * 101)

    async def test_the_store_makes_the_grams_that_are_told(self, crowd: AsyncSession) -> None:
        made = await crowd.execute(select(Customer.name, Customer.latin_name, Customer.grams))

        assert [(row.name, row.latin_name) for row in made if sorted(row.grams) != grams(*row[:2])] == []

    async def test_the_store_folds_letters_as_patterns_do(self, session: AsyncSession) -> None:
        folded_there = await session.scalar(
            text("SELECT search_key(:given)"), {"given": "".join(CAPITALS) + "\u1112"}
        )

        assert folded_there == SMALL + "ㅎ"
        assert len(CAPITALS) == len(SMALL)

    @given(given=st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)))
    def test_initials_are_those_of_the_decomposed_syllables(self, given: str) -> None:
        expected = "".join(composed(unicodedata.normalize("NFD", char)[0]) for char in given)

        assert initials(given) == expected
