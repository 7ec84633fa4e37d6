"""JSON put together in SQL says what any reader of JSON would say of the same values."""

import json as reader
from datetime import date
from typing import Any

import pytest
from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Text,
    case,
    column,
    false,
    literal,
    null,
    select,
    values,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from domain.selection import json
from domain.selection.sql import known

ODD = [
    "",
    'a "quote"',
    "back\\slash",
    "line\nbreak\t\b\f\r",
    "\x01\x1f\x7f",
    "'",
    "한글 🙂",
    "</script>",
    "%s {0} :x $1",
]


async def text(session: AsyncSession, made: ColumnElement[Any]) -> str:
    return str(await session.scalar(select(made)))


async def shown(session: AsyncSession, value: ColumnElement[Any]) -> Any:
    return reader.loads(await text(session, json.made([("it", value)])))["it"]


class TestObjects:
    @pytest.mark.parametrize("said", ODD)
    async def test_text_is_escaped(self, session: AsyncSession, said: str) -> None:
        assert await shown(session, literal(said, Text())) == said

    @pytest.mark.parametrize(
        ("value", "told"),
        [
            (literal(-5, Integer()), -5),
            (literal(True, Boolean()), True),
            (literal(date(1970, 2, 3), Date()), "1970-02-03"),
            (literal(["a", 'b"', None], ARRAY(Text())), ["a", 'b"', None]),
            (literal({"a": [1, None]}, JSONB()), {"a": [1, None]}),
            (known(literal("A_1", Text()), bare=True), "A_1"),
            (known(literal("A_1", Text()), bare=True, present=True), "A_1"),
        ],
    )
    async def test_every_type_is_what_it_is_in_json(
        self, session: AsyncSession, value: ColumnElement[Any], told: Any
    ) -> None:
        assert await shown(session, value) == told

    @pytest.mark.parametrize(
        "type_", [Text(), Integer(), Boolean(), Date(), ARRAY(Text()), JSONB(none_as_null=True)]
    )
    async def test_nothing_is_null(self, session: AsyncSession, type_: Any) -> None:
        assert await shown(session, literal(None, type_)) is None

    @pytest.mark.parametrize(
        "nothing", [null(), known(literal(None, Text()), bare=True)], ids=["untyped", "bare"]
    )
    async def test_nothing_that_is_known_is_null(self, session: AsyncSession, nothing: Any) -> None:
        assert await shown(session, nothing) is None

    async def test_it_is_compact_with_its_keys_in_order(self, session: AsyncSession) -> None:
        inner = json.made([("y", literal(1, Integer())), ("x", json.word("Case"))])
        missing = case((false(), inner))

        made = json.made([("b", inner), ("a", missing), ("_9", json.made([]))])

        assert await text(session, made) == '{"b":{"y":1,"x":"Case"},"a":null,"_9":{}}'

    @pytest.mark.parametrize("key", ["", "a'b", 'a"b', "a b", "가"])
    def test_a_key_that_is_no_name_is_refused(self, key: str) -> None:
        with pytest.raises(ValueError, match="is not a name"):
            json.made([(key, literal(1, Integer()))])


class TestLists:
    async def test_items_stand_in_the_order_said_and_nothing_says_null(self, session: AsyncSession) -> None:
        rows = values(column("n", Integer()), column("said", Text()), name="rows").data(
            [(2, 'b"'), (1, None), (3, "c")]
        )
        item = case((rows.c.said.is_not(None), json.made([("said", rows.c.said)])))
        made = json.listed(json.item(item), rows.c.n.desc())

        assert await session.scalar(select(made)) == '[{"said":"c"},{"said":"b\\""},null]'

    async def test_no_rows_are_an_empty_list(self, session: AsyncSession) -> None:
        rows = values(column("n", Integer()), name="rows").data([(1,)])

        found = await session.scalar(select(json.listed(json.made([("n", rows.c.n)]))).where(false()))

        assert found == "[]"

    @pytest.mark.parametrize(
        ("items", "told"), [([], "[]"), (['{"a":1}', "null"], '[{"a":1},null]'), (None, "[]")]
    )
    async def test_an_array_of_items_is_a_list(
        self, session: AsyncSession, items: list[str] | None, told: str
    ) -> None:
        assert await text(session, json.unfolded(literal(items, ARRAY(Text())))) == told
