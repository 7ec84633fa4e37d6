"""Documents that would cost too much are refused before they are looked at closer, and each answer says its cost."""

import json
from contextlib import suppress
from typing import Any

import pytest
from graphql import parse

from api.errors import ApiError, Refused
from api.graphql import limits, sizes
from api.graphql.cost import price, resolved
from api.graphql.documents import NO_VALUES, Documents
from api.graphql.schema import schema
from api.rates import RateLimited, Rates
from tests.api.graphql.asking import Api, Counted

PAGE = "customers(first: 1) { nodes { %s } }"


def spreads(count: int, each: int) -> str:
    """A chain of fragments, each of which spreads the next so many times."""
    chain = [
        f"fragment F{n} on Customer {{ {f'...F{n + 1} ' * each if n < count - 1 else 'id'} }}"
        for n in range(count)
    ]
    return "{ " + PAGE % "...F0" + " } " + " ".join(chain)


def nested(levels: int) -> str:
    """Customers' orders' customers' orders' ..."""
    return (
        "{ "
        + "customers(first: 1) { nodes { orders(first: 1) { nodes { " * levels
        + "id"
        + " } } } }" * levels
        + " }"
    )


def mutations(count: int) -> str:
    return (
        "mutation { "
        + " ".join(
            f'm{n}: createCustomer(input: {{name: "x"}}) {{ customer {{ id }} }}' for n in range(count)
        )
        + " }"
    )


BOMBS: dict[str, tuple[str, str]] = {
    "depth of the schema": ("{ __schema " + "{ a " * 16 + " }" * 17, "deeper than 16"),
    "nested lists of the schema": (
        "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }",
        "introspection",
    ),
    "depth": ("{ " + "a { " * 13 + "b" + " }" * 13 + " }", "deeper than 12"),
    "3,000 nestings": ("{ " + "a { " * 3000 + "b" + " }" * 3000 + " }", "1000 tokens|too deeply"),
    "aliases": ("{ " + PAGE % " ".join(f"a{n}: id" for n in range(31)) + " }", "30 aliases"),
    "repeated fields": ("{ " + PAGE % ("id " * 5) + " }", "more than 4 times"),
    "repeated objects": (
        "{ "
        + PAGE % " ".join(f"...F{n}" for n in range(11))
        + " } "
        + " ".join(f"fragment F{n} on Customer {{ homeBranch {{ id }} }}" for n in range(11)),
        "more than 10 times",
    ),
    "chain of 20 fragments": (spreads(20, 2), "fragments written out"),
    "chain of 70 fragments": (spreads(70, 2), "fragments written out"),
    "chain of 120 fragments": (spreads(120, 2), "fragments written out|1000 tokens"),
    "root fields": ("{ " + " ".join(f"f{n}: viewer {{ role }}" for n in range(21)) + " }", "21 root fields"),
    "mutations": (mutations(11), "11 root fields"),
    "3,000 directives": ("{ " + PAGE % ("id " + "@skip(if: false) " * 3000) + " }", "1000 tokens"),
    "fan-out": (
        "{ "
        + (PAGE % "orders(first: 100) { nodes { lines(first: 100) { nodes { position } } } }").replace(
            "1)", "100)", 1
        )
        + " }",
        "costs 10",
    ),
    "a document too long": (
        "{ viewer { role } } #" + "x" * limits.INTERACTIVE.bytes,
        "65536 bytes",
    ),
}


class TestBombs:
    @pytest.mark.parametrize("bomb", BOMBS)
    async def test_it_is_refused_before_anything_is_asked(self, api: Api, bomb: str) -> None:
        document, message = BOMBS[bomb]
        Counted.statements.clear()

        errors = await api.errors(document)

        assert len(errors) == 1
        assert any(part in errors[0]["message"] for part in message.split("|")), errors
        assert errors[0]["extensions"]["code"] in ("BAD_REQUEST", "COST_EXCEEDED")
        assert Counted.statements == []

    @pytest.mark.parametrize(
        "body",
        [
            b'{"query": "{ viewer { role } }", "variables": {"x": ' + b"[" * 900 + b"]" * 900 + b"}}",
            b'{"query": "{ viewer { role } }", "variables": {"x": "' + b"y" * 2**20 + b'"}}',
            b"[" + b'{"query": "{ viewer { role } }"},' * 500 + b"{}]",
            b'{"query": "' + b"x" * (10 * 2**20) + b'"}',
        ],
        ids=["900 deep variable", "1 MB literal", "batch", "10 MB body"],
    )
    async def test_a_body_that_is_too_much_is_a_refusal_of_the_callers(self, api: Api, body: bytes) -> None:
        response = await api.send(body)

        assert response.status_code in (200, 400, 413)
        assert response.status_code == 200 or response.json()["errors"][0]["extensions"]["code"] in (
            "BAD_REQUEST",
            "VALIDATION",
        )

    def test_steps_do_not_grow_faster_than_the_document(self) -> None:
        """Counted, not timed: a walk without the merged count visits 4 to the power of the depth."""

        def steps(times: int) -> int:
            below = "id"
            for _ in range(4):
                below = "orders(first: 1) { " + f"nodes {{ customer {{ {below} }} }} " * times + "}"
            walk = limits._Walk({})
            operation: Any = parse("{ customers(first: 1) { nodes { " + below + " } } }").definitions[0]
            with suppress(ApiError):
                walk.operation(operation)
            return walk.steps

        assert steps(3) <= limits.STEPS
        assert steps(4) <= limits.STEPS

    def test_what_clients_write_is_let_through(self) -> None:
        """A screen of twelve components, each with a fragment that asks for `id` and `__typename`."""
        names = [f"Part{n}" for n in range(12)]
        document = (
            'query Screen { customer(id: "x") { __typename id '
            + " ".join(f"...{name}" for name in names)
            + " } } "
            + " ".join(
                f"fragment {name} on Customer {{ __typename id name homeBranch {{ __typename id }} }}"
                for name in names[:9]
            )
            + " ".join(f"fragment {name} on Customer {{ __typename id kind }}" for name in names[9:])
        )

        limits.check(parse(document))


class TestCost:
    @pytest.mark.parametrize(
        ("document", "points"),
        [
            ('{ customer(id: "x") { id name } }', 1),
            ("{ customers(first: 50) { nodes { id } } }", 1 + 50),
            (
                "{ customers(last: 50) { edges { cursor node { id } } pageInfo { hasNextPage } totalCount } }",
                1 + 50 * 2 + 1,
            ),
            (
                "{ customers(first: 50) { nodes { touchpoints(first: 10) { nodes { id } } } } }",
                1 + 50 * (1 + 1 + 10),
            ),
            ('{ nodes(ids: ["a", "b"]) { id ... on Customer { homeBranch { id } } } }', 2 * 2),
            ('{ customer(id: "x") { externalIds { id } } }', 1 + 20),
            ('mutation { createCustomer(input: {name: "x"}) { customer { id } } }', 10 + 1 + 1),
            ("{ __schema { types { name } } }", 0),
            ("{ customers(first: 5, orderBy: {field: CREATED_AT}) { nodes { id } } }", 1 + 5),
            ("{ customers(first: 5, orderBy: {field: NET_REVENUE}) { nodes { id } } }", 5_000 + 1 + 5),
            (
                """{ customers(first: 5) {
                    nodes { orders(first: 2, orderBy: [{field: NET_REVENUE}]) { nodes { id } } } } }""",
                1 + 5 * (1 + 20 + 1 + 2),
            ),
        ],
    )
    def test_an_object_is_a_point_and_a_page_as_many_as_it_asks_for(self, document: str, points: int) -> None:
        held = Documents(schema())
        operation = held.operation(document, None)

        told = price(held.schema, operation.node, operation.fragments, NO_VALUES)

        assert told.base == points

    async def test_every_answer_says_what_it_costs_and_what_is_left(self, api: Api) -> None:
        response = await api.post('{ customers(first: 10, filter: {name: {eq: "nobody"}}) { nodes { id } } }')

        told = response.json()["extensions"]["cost"]
        assert told["requested"] == 11
        assert told["actual"] == 1
        assert told["limit"] == 10_000
        assert told["remaining"] > 10_000

    async def test_what_costs_too_much_says_how_much_may_be_asked(self, api: Api) -> None:
        (error,) = await api.errors(
            "{ customers(first: 100) { nodes { touchpoints(first: 100) { nodes { id } } } } }"
        )

        assert error["extensions"]["code"] == "COST_EXCEEDED"
        assert error["extensions"]["cost"] == {"requested": 10_201, "limit": 10_000}

    @pytest.mark.parametrize(
        "value",
        [
            {},
            {"a": {}},
            {"a": '{"'},
            {"a": ['x{"', '{"}', '{"]', '{",']},
            {"{": "{"},
            {"a": {"b": [{"c": 1}, {"c": '"{"'}]}},
        ],
    )
    def test_objects_are_counted_in_the_bytes_whatever_the_texts_hold(self, value: Any) -> None:
        def objects(each: Any) -> int:
            match each:
                case dict():
                    return bool(each) + sum(objects(inner) for inner in each.values())
                case list():
                    return sum(objects(inner) for inner in each)
            return 0

        compact = json.dumps(value, separators=(",", ":")).encode()

        if "{" not in value:  # a name of GraphQL holds no brace
            assert resolved(compact) == objects(value)


class TestRates:
    def test_a_bucket_gives_what_it_holds_and_fills_by_the_second(self) -> None:
        now = [0.0]
        rates = Rates(10, burst=100, clock=lambda: now[0])

        rates.take("kim", 100)
        with pytest.raises(RateLimited) as refused:
            rates.take("kim", 25)
        now[0] += 2.5
        rates.take("kim", 25)

        assert refused.value.extensions["retryAfter"] == 3
        assert refused.value.status == 429

    def test_what_was_not_used_comes_back_and_never_more_than_a_full_bucket(self) -> None:
        rates = Rates(10, burst=100, clock=lambda: 0.0)

        rates.take("kim", 80)

        assert rates.give_back("kim", 30) == 50
        assert rates.give_back("kim", 1000) == 100

    def test_one_callers_bucket_is_not_anothers(self) -> None:
        rates = Rates(10, burst=100, clock=lambda: 0.0)

        rates.take("kim", 100)
        rates.take("lee", 100)

        with pytest.raises(RateLimited):
            rates.take("lee", 1)

    def test_processes_together_never_give_more_than_the_limit(self) -> None:
        now = [0.0]
        shares = [Rates(100 / 4, burst=1000 / 4, clock=lambda: now[0]) for _ in range(4)]
        given = 0
        for _ in range(60):
            now[0] += 1.0
            for share in shares:
                try:
                    while True:
                        share.take("kim", 10)
                        given += 10
                except RateLimited:
                    continue

        assert 0.9 * (1000 + 60 * 100) <= given <= 1000 + 60 * 100

    async def test_an_empty_bucket_is_a_429_that_says_when_to_come_back(self, api: Api, backend: Any) -> None:
        backend.__dict__["rates"] = Rates(1, burst=15, clock=lambda: 0.0)
        document = "{ customers(first: 10) { nodes { id } } }"
        await api.post(document)

        response = await api.post(document)
        while response.status_code == 200:
            response = await api.post(document)

        assert response.status_code == 429
        assert int(response.headers["retry-after"]) >= 1
        assert response.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"


def test_a_refusal_of_a_document_is_told_whole() -> None:
    with pytest.raises(Refused):
        Documents(schema()).operation("{ nothingOfTheKind }", None)


class TestValues:
    """Each value of a request costs time before anybody knows whether it is any good."""

    IDS = "query ($x: [ID!]!) { nodes(ids: $x) { id } }"

    async def test_variables_hold_so_many(self, api: Api) -> None:
        allowed = await api.post(self.IDS, {"x": ["x"] * (sizes.IN_VARIABLES - 1)})
        refused = await api.errors(self.IDS, {"x": ["x"] * sizes.IN_VARIABLES})

        assert allowed.json()["errors"][0]["extensions"]["code"] == "VALIDATION"
        assert refused[0]["message"] == "the variables hold more than 4000 values: ask for less at once"

    @pytest.mark.parametrize("each", [{}, [], {"a": 1}, [[1]], 1])
    async def test_whatever_they_are(self, api: Api, each: Any) -> None:
        document = "query ($x: CustomerFilter) { customers(first: 1, filter: $x) { nodes { id } } }"

        [error] = await api.errors(document, {"x": {"or": [each] * sizes.IN_VARIABLES}})

        assert error["extensions"]["code"] == "BAD_REQUEST"
        assert "4000 values" in error["message"]

    async def test_rows_of_an_upsert_may_be_more(self, api: Api) -> None:
        document = "mutation ($x: UpsertStockInput!) { upsertStock(input: $x) { userErrors { code } } }"

        response = await api.post(document, {"x": {"rows": [{"a": 1}] * sizes.IN_VARIABLES}})

        assert "4000 values" not in response.text

    @pytest.mark.parametrize("each", ["1,", "[],", '{"a":1},', '"a",', '"\\"",'])
    async def test_a_body_of_too_many_is_refused_unread(self, api: Api, each: str) -> None:
        response = await api.send(f"[{each * (sizes.IN_BODY + 1)}".encode())

        assert response.status_code == 400
        assert response.json()["errors"][0]["message"] == "the body holds more than 60000 values"

    @pytest.mark.parametrize("text", [",", "[", "{", '\\",', "\\\\,"])
    async def test_commas_in_a_text_are_no_values(self, api: Api, text: str) -> None:
        document = "query ($x: String) { customers(first: 1, search: $x) { nodes { id } } }"

        response = await api.send(
            f'{{"query": "{document}", "variables": {{"x": "{text * (sizes.IN_BODY + 1)}"}}}}'.encode()
        )

        assert "values" not in response.text
        assert response.json()["errors"][0]["extensions"]["code"] == "VALIDATION"

    @pytest.mark.parametrize("end", ["", "\\", '\\"', '"'])
    def test_a_text_that_never_ends_is_passed_over_once(self, end: str) -> None:
        sizes.check_body(b'"' + b'\\",' * 200_000 + end.encode())

    @pytest.mark.parametrize("digits", ["9" * 61, "-" + "9" * 60, "1" * 5000])
    async def test_a_number_that_no_column_holds_is_refused(self, api: Api, digits: str) -> None:
        response = await api.send(f'{{"query": "{{ __typename }}", "variables": {{"x": {digits}}}}}'.encode())

        assert response.status_code == 400
        assert "is too large" in response.json()["errors"][0]["message"]
