"""Filters: each operator, their combinations, and what is compared literally."""

from typing import Any

import pytest
from graphql import GraphQLInputObjectType, get_named_type

from api.graphql.planning.filters import is_many
from api.graphql.planning.rights import BACKREF
from api.graphql.schema import schema
from domain.selection import ids
from domain.selection.entities import Relation
from tests.api.graphql.asking import Api

CUSTOMERS = (
    "query($f: CustomerFilter) { customers(first: 100, orderBy: {field: ID}, filter: $f) { nodes { id } } }"
)
REGIONS = ("서울", "부산", None)


def region(key: int) -> str | None:
    return REGIONS[key % 3]


async def found(api: Api, narrowed: dict[str, Any] | None) -> list[int]:
    data = await api.data(CUSTOMERS, {"f": narrowed})
    return [ids.read(node["id"]).key for node in data["customers"]["nodes"]]


class TestOperators:
    @pytest.mark.parametrize(
        ("narrowed", "expected"),
        [
            ({"region": {"eq": "부산"}}, [k for k in range(1, 15) if region(k) == "부산"]),
            ({"region": {"in": ["부산", "서울", "서울"]}}, [k for k in range(1, 15) if region(k)]),
            ({"region": {"in": []}}, []),
            ({"region": {"isNull": True}}, [k for k in range(1, 15) if region(k) is None]),
            ({"region": {"isNull": False}}, [k for k in range(1, 15) if region(k)]),
            ({"region": {"lt": "서"}}, [k for k in range(1, 15) if region(k) == "부산"]),
            ({"region": {"gte": "서"}}, [k for k in range(1, 15) if region(k) == "서울"]),
            ({"name": {"contains": "하나"}}, [2, 6, 8, 12, 14]),
            ({"kind": {"eq": "ORGANISATION"}}, [5, 10]),
            ({"kind": {"in": ["ORGANISATION", "PERSON"]}}, list(range(1, 15))),
            (
                {
                    "createdAt": {
                        "gte": "2026-01-03T14:59:59.999999Z",
                        "lt": "2026-01-04T23:59:59.999999+09:00",
                    }
                },
                [9, 10, 11],
            ),
            ({"birthOn": {"eq": "1970-02-03"}}, [3]),
            ({"joinedOn": {"lt": "0001-01-02"}}, [4, 8, 12]),
            ({"id": {"in": [ids.made("Customer", 3), ids.made("Customer", 999)]}}, [3]),
            (
                {"externalIds": {"some": {"system": {"eq": "shop"}, "id": {"contains": "1"}}}},
                [1, 10, 11, 13, 14],
            ),
            ({"homeBranch": {"code": {"eq": "S01"}}}, [3, 6, 9, 12]),
            ({"not": {"homeBranch": {}}}, [2, 5, 8, 11, 14]),
            ({"owner": {"name": {"contains": "김"}}, "region": {"isNull": False}}, [4, 12]),
            ({}, list(range(1, 15))),
            (None, list(range(1, 15))),
        ],
    )
    async def test_each_keeps_the_rows_it_says(self, api: Api, narrowed: Any, expected: list[int]) -> None:
        assert await found(api, narrowed) == expected


class TestCombinations:
    async def test_or_keeps_what_meets_some_and_and_what_meets_all(self, api: Api) -> None:
        some = {"or": [{"region": {"eq": "부산"}}, {"region": {"isNull": True}}]}

        narrowed = {"and": [some, {"kind": {"eq": "PERSON"}}]}

        assert await found(api, narrowed) == [k for k in range(1, 15) if region(k) != "서울" and k % 5]

    async def test_or_of_nothing_keeps_nothing_and_and_of_nothing_all(self, api: Api) -> None:
        assert await found(api, {"or": []}) == []
        assert await found(api, {"and": []}) == list(range(1, 15))

    async def test_not_keeps_the_rows_whose_value_is_null(self, api: Api) -> None:
        assert await found(api, {"not": {"region": {"eq": "부산"}}}) == [
            k for k in range(1, 15) if region(k) != "부산"
        ]

    async def test_a_filter_and_its_negation_share_the_rows_between_them(self, api: Api) -> None:
        narrowed = {"birthOn": {"gte": "1970-02-05"}, "region": {"in": ["서울"]}}

        kept = await found(api, narrowed)
        left = await found(api, {"not": narrowed})

        assert sorted(kept + left) == list(range(1, 15))
        assert kept

    async def test_a_nested_connection_has_a_filter_of_its_own(self, api: Api) -> None:
        data = await api.data("""{ customers(first: 3, orderBy: {field: ID, direction: DESC}) { nodes { id
            touchpoints(first: 9, filter: {channel: {in: [WEB, STORE]}, kind: {eq: REVIEW}}) {
                totalCount nodes { channel kind } } } } }""")

        pages = {ids.read(node["id"]).key: node["touchpoints"] for node in data["customers"]["nodes"]}
        assert pages[14] == {"totalCount": 1, "nodes": [{"channel": "WEB", "kind": "REVIEW"}]}

    async def test_total_counts_heed_the_filter(self, api: Api) -> None:
        data = await api.data(
            """{ customers(first: 1, filter: {region: {eq: "부산"}}) { totalCount nodes { region } } }"""
        )

        assert data["customers"] == {"totalCount": 5, "nodes": [{"region": "부산"}]}


class TestTextIsComparedAsItIs:
    @pytest.mark.parametrize(
        "text",
        [
            "%",
            "_",
            "\\",
            "'",
            '"',
            "'; DROP TABLE customers; --",
            "$1",
            "%s",
            ":name",
            "\\u0000",
            "*",
            "(",
            "NULL",
        ],
    )
    async def test_a_pattern_or_a_quote_is_only_text(self, api: Api, text: str) -> None:
        names = [
            row["name"]
            for row in (await api.data("{ customers(first: 100) { nodes { name } } }"))["customers"]["nodes"]
        ]

        data = await api.data(
            "query($t: String!) { customers(first: 100, filter: {name: {contains: $t}}) { nodes { name } } }",
            {"t": text},
        )

        assert sorted(node["name"] for node in data["customers"]["nodes"]) == sorted(
            n for n in names if text in n
        )

    async def test_decomposed_hangul_finds_what_is_stored_composed(self, api: Api) -> None:
        decomposed = "\u1100\u1175\u11b7\u1112\u1161\u1102\u1161"  # 김하나

        in_variable = await found(api, {"name": {"eq": decomposed}})
        in_literal = await api.data(
            f'{{ customers(first: 9, filter: {{name: {{eq: "{decomposed}"}}}}) {{ totalCount }} }}'
        )

        assert in_variable == [2, 6, 8, 12, 14]
        assert in_literal == {"customers": {"totalCount": 5}}


class TestFiltersThatAreRefused:
    @pytest.mark.parametrize(
        "narrowed",
        [
            {"name": None},
            {"name": {"eq": None}},
            {"not": None},
            {"and": None},
            {"id": {"in": None}},
            {"homeBranch": None},
        ],
    )
    async def test_null_is_no_value_to_compare_with(self, api: Api, narrowed: Any) -> None:
        [error] = await api.errors(CUSTOMERS, {"f": narrowed})

        assert error["extensions"]["code"] == "VALIDATION"
        assert "null is no value" in error["message"]
        assert error["path"] == ["customers"]

    @pytest.mark.parametrize("given", ["", "x", "Q3VzdG9tZXI6MA==", "Q3VzdG9tZXI6MQ", "Q3VzdG9tZXI6MQ==\n"])
    async def test_what_is_no_id_is_refused_with_its_place(self, api: Api, given: str) -> None:
        [error] = await api.errors(CUSTOMERS, {"f": {"id": {"eq": given}}})

        assert error["extensions"]["code"] == "VALIDATION"
        assert error["message"].startswith("customers.filter.id.eq: ")

    async def test_the_id_of_another_type_is_refused_and_both_types_named(self, api: Api) -> None:
        [error] = await api.errors(CUSTOMERS, {"f": {"id": {"in": [ids.made("Order", 1)]}}})

        assert error["message"].endswith("is an id of Order; needed: an id of Customer")

    @pytest.mark.parametrize(
        "time", ["2026-01-01T00:00:00", "2026-13-01T00:00:00Z", "0000-01-01T00:00:00Z", "now", 5]
    )
    async def test_a_time_without_offset_or_sense_is_refused(self, api: Api, time: Any) -> None:
        [error] = await api.errors(CUSTOMERS, {"f": {"createdAt": {"gte": time}}})

        assert error["extensions"]["code"] == "BAD_REQUEST"
        assert "RFC 3339 with an offset" in error["message"]

    @pytest.mark.parametrize("text", ["a\0b", "\ud800"])
    async def test_text_that_cannot_be_stored_is_refused_with_its_place(self, api: Api, text: str) -> None:
        [error] = await api.errors(CUSTOMERS, {"f": {"name": {"eq": text}}})

        assert error["extensions"]["code"] == "VALIDATION"
        assert error["message"].startswith("$f.name.eq: ")


class TestFiltersAcrossRelations:
    @pytest.mark.parametrize(
        ("how", "expected"),
        [
            ("some", [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14]),
            ("none", [9]),
            ("every", [1, 9, 10]),
        ],
    )
    async def test_some_none_and_every_differ(self, api: Api, how: str, expected: list[int]) -> None:
        # Customer c has c % 9 touchpoints, numbered from 1; the odd ones are OUTBOUND.
        kept = await found(api, {"touchpoints": {how: {"direction": {"eq": "OUTBOUND"}}}})

        assert kept == expected

    async def test_several_quantifiers_hold_together(self, api: Api) -> None:
        both = {"some": {"system": {"eq": "erp"}}, "none": {"system": {"eq": "shop"}}}

        assert await found(api, {"externalIds": both}) == [3, 6, 9, 12]

    async def test_only_rows_that_the_caller_sees_count(self, api: Api) -> None:
        asked: dict[str, Any] = {"f": {"cases": {"some": {}}}}
        agent = {"role": "AGENT", "scope": "OWN", "subject": "kim"}

        seen = await api.data(CUSTOMERS, asked, as_=agent)
        data = await api.data(CUSTOMERS, {"f": {"cases": {"none": {}}}}, as_=agent)

        of_agent = await api.data(CUSTOMERS, {"f": {}}, as_=agent)
        some, none, all_ = (
            {node["id"] for node in each["customers"]["nodes"]} for each in (seen, data, of_agent)
        )
        assert some | none == all_
        assert not some & none

    def test_every_filter_over_many_rows_says_how_many(self) -> None:
        # A key finds the row that has it. `inCategory` asks where something lies: one way up the tree.
        implicit = []
        for type_ in schema().type_map.values():
            if isinstance(type_, GraphQLInputObjectType) and not type_.is_one_of:
                for name, field in type_.fields.items():
                    by = getattr(field.extensions.get(BACKREF), "by", None)
                    if isinstance(by, Relation) and by.many and not is_many(get_named_type(field.type)):
                        implicit.append(f"{type_.name}.{name}")

        assert implicit == ["ProductFilter.inCategory", "CategoryFilter.inCategory"]
