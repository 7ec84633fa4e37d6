"""The schema is a promise: what breaks it is announced, what will go says why and since when."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
)
from graphql.utilities import find_breaking_changes

from tests.api.graphql.written import built, text

RELEASED = Path(__file__).with_name("released")
DAY = re.compile(r"\b20\d\d-\d\d-\d\d\b")


def breaking(before: str, after: str) -> list[str]:
    """How `after` breaks what `before` promised."""
    return [change.description for change in find_breaking_changes(build_schema(before), build_schema(after))]


def undated(schema: GraphQLSchema) -> list[str]:
    """What is deprecated without a reason and a day."""
    return [name for name, reason in _deprecated(schema) if not DAY.search(reason) or len(reason) < 25]


def _deprecated(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    for type_ in schema.type_map.values():
        match type_:
            case GraphQLEnumType():
                parts = [(name, value.deprecation_reason) for name, value in type_.values.items()]
            case GraphQLInputObjectType():
                parts = [(name, field.deprecation_reason) for name, field in type_.fields.items()]
            case GraphQLObjectType() | GraphQLInterfaceType():
                parts = [(name, field.deprecation_reason) for name, field in type_.fields.items()]
                parts += [
                    (f"{name}.{argument}", told.deprecation_reason)
                    for name, field in type_.fields.items()
                    for argument, told in field.args.items()
                ]
            case _:
                parts = []
        yield from ((f"{type_.name}.{name}", reason) for name, reason in parts if reason is not None)


class TestBreakingChanges:
    def test_what_breaks_the_released_schema_was_announced(self) -> None:
        announced = tomllib.loads((RELEASED / "announced.toml").read_text("utf-8"))
        found = breaking((RELEASED / "schema.graphql").read_text("utf-8"), text())

        assert [each for each in found if each not in announced] == [], (
            "this breaks clients: keep it and deprecate it, or announce it in CHANGELOG.md and announced.toml"
        )
        assert [each for each in announced if each not in found] == [], "announced, and not so"
        assert all(isinstance(day, date) for day in announced.values())

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("type Query { a: Int b: Int }", "type Query { a: Int }"),
            ("type Query { a: Int! }", "type Query { a: Int }"),
            ("type Query { a(b: Int): Int }", "type Query { a(b: Int!): Int }"),
            ("type Query { a: E } enum E { B C }", "type Query { a: E } enum E { B }"),
            (
                "type Query { a(b: I): Int } input I { c: Int }",
                "type Query { a(b: I): Int } input I { c: Int d: Int! }",
            ),
        ],
    )
    def test_a_break_is_seen(self, before: str, after: str) -> None:
        assert len(breaking(before, after)) == 1


class TestDeprecations:
    def test_each_has_a_reason_and_a_day(self) -> None:
        assert undated(built()) == []

    def test_one_without_them_is_seen(self) -> None:
        schema = build_schema("""
            type Query {
                a: Int @deprecated(reason: "old")
                b: Int @deprecated(reason: "Use c, which counts returns too. Since 2026-11-22.")
                c(d: Int @deprecated(reason: "No longer looked at.")): E
            }
            enum E { F @deprecated G }
        """)

        assert undated(schema) == ["Query.a", "Query.c.d", "E.F"]
