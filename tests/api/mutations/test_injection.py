"""Texts that are code elsewhere are texts here: what is found with them is what plain Python finds."""

import base64
from collections.abc import Callable

import pytest

from tests.api.graphql.asking import Api

HOSTILE = (
    "' OR '1'='1",
    "'; DROP TABLE customers; --",
    '" OR ""="',
    "1; SELECT pg_sleep(9)",
    "$1",
    ":name",
    "%(name)s",
    "{name}",
    "{0}",
    "%",
    "%%",
    "_",
    "\\",
    "\\'",
    "\\%",
    "*",
    "?",
    "(?i)a",
    ".*",
    "[",
    "(a+)+$",
    "<->",
    "a & !b",
    "a:*",
    "/*",
    "*/--",
    "$$",
    "$tag$x$tag$",
    "E'\\x41'",
    "\\x41",
    "U&'\\0041'",
    "CAST(1 AS text)",
    "NULL",
    "null",
    "{}",
    '{"a": 1}',
    "[]",
    "ARRAY[1]",
    "::text",
    "1::int",
    "(SELECT name)",
    "`id`",
    "<script>",
    "${7*7}",
    "{{7*7}}",
    "#{7*7}",
    "%n%s",
    "../../etc/passwd",
    "| id",
    "İ",
)
TEXTS = [
    made for text in HOSTILE for made in (text, f"a {text}", f"{text} b", text.upper().replace("A", "ㄱ가"))
]
"""Two hundred."""


@pytest.fixture
async def names(api: Api) -> list[str]:
    """The names of all customers, each hostile text among them."""
    document = """mutation ($i: UpsertCustomersInput!) { upsertCustomers(input: $i) { rows { status } } }"""
    rows = [
        {"key": {"external": {"system": "erp", "id": f"{at}-{text}"}}, "name": text}
        for at, text in enumerate(dict.fromkeys(TEXTS))
    ]
    data = await api.data(document, {"i": {"policy": "REJECT_ALL", "rows": rows}})
    assert {row["status"] for row in data["upsertCustomers"]["rows"]} == {"CREATED"}
    return [*dict.fromkeys(TEXTS), "김단골", "이손님"]


async def found(api: Api, condition: str) -> list[list[str]]:
    """What each of TEXTS finds, ten a request. `condition` has a %s where the variable stands."""
    answers: list[list[str]] = []
    for start in range(0, len(TEXTS), 10):
        some = {f"t{at}": text for at, text in enumerate(TEXTS[start : start + 10])}
        told = ", ".join(f"${name}: String!" for name in some)
        asked = " ".join(
            f"{name}: customers(first: 100, {condition % f'${name}'}) {{ nodes {{ name }} totalCount }}"
            for name in some
        )
        data = await api.data(f"query ({told}) {{ {asked} }}", some)
        for name in some:
            answers.append(sorted(node["name"] for node in data[name]["nodes"]))
            assert data[name]["totalCount"] == len(answers[-1]) or len(answers[-1]) == 100
    return answers


class TestTexts:
    @pytest.mark.parametrize(
        ("condition", "holds"),
        [
            ("filter: {name: {eq: %s}}", lambda name, text: name == text),
            ("filter: {name: {in: [%s]}}", lambda name, text: name == text),
            ("filter: {name: {contains: %s}}", lambda name, text: text in name),
            ("filter: {name: {startsWith: %s}}", lambda name, text: name.startswith(text)),
            (
                "search: %s",
                lambda name, text: " ".join(text.lower().split()) in " ".join(name.lower().split()),
            ),
        ],
        ids=["eq", "in", "contains", "starts with", "search"],
    )
    async def test_find_what_holds_them_and_nothing_else(
        self, api: Api, names: list[str], condition: str, holds: Callable[[str, str], bool]
    ) -> None:
        answers = await found(api, condition)

        expected = [sorted(name for name in names if holds(name, text)) for text in TEXTS]
        assert dict(zip(TEXTS, answers, strict=True)) == dict(zip(TEXTS, expected, strict=True))

    async def test_a_value_of_an_attribute_and_a_key_are_no_more_than_texts(
        self, api: Api, names: list[str]
    ) -> None:
        for condition in (
            "filter: {attributes: {some: {name: {eq: %s}}}}",
            'filter: {externalIds: {some: {system: {eq: %s}, id: {contains: ""}}}}',
        ):
            assert await found(api, condition) == [[] for _ in TEXTS]

    async def test_the_tables_still_stand(self, api: Api, names: list[str]) -> None:
        data = await api.data("{ customers(first: 1) { totalCount } }")

        assert data["customers"]["totalCount"] == len(names)


class TestNamesAndCursors:
    async def test_an_order_is_one_of_those_that_the_schema_names(self, api: Api) -> None:
        asked = "query ($by: [CustomerOrder!]) { customers(first: 1, orderBy: $by) { totalCount } }"

        for text in TEXTS:
            for by in ({"field": text}, {"field": "NAME", "direction": text}):
                [error] = await api.errors(asked, {"by": [by]})

                assert error["extensions"]["code"] == "BAD_REQUEST", by

    async def test_a_cursor_is_one_that_a_page_gave(self, api: Api) -> None:
        asked = "query ($after: String) { customers(first: 1, after: $after) { nodes { id } } }"

        for text in TEXTS:
            for sent in (text, base64.b64encode(text.encode()).decode()):
                [error] = await api.errors(asked, {"after": sent})

                assert error["extensions"]["code"] == "VALIDATION", sent

    async def test_an_external_key_names_nobody(self, api: Api) -> None:
        asked = "query ($t: String!) { customerBy(key: {external: {system: $t, id: $t}}) { id } }"

        for text in TEXTS:
            assert await api.data(asked, {"t": text}) == {"customerBy": None}

    async def test_an_attribute_that_was_not_declared_is_refused(self, api: Api) -> None:
        document = "mutation ($i: CreateCustomerInput!) { createCustomer(input: $i) { userErrors { code } } }"

        for text in HOSTILE:
            told = {"name": "손님", "attributes": [{"name": text, "value": "x"}]}
            data = await api.data(document, {"i": told})

            assert data["createCustomer"]["userErrors"], text
