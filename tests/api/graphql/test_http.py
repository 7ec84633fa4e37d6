"""GraphQL over HTTP: what is accepted, and that whatever is not gets a clear refusal and never a 500."""

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.api.graphql.asking import Api

GOOD = b'{"query": "{ __typename }"}'
NEW, OLD = "application/graphql-response+json", "application/json"


async def get(api: Api, parameters: dict[str, str]) -> httpx.Response:
    headers = {"authorization": f"Bearer {api.token()}", "accept": NEW}
    return await api.client.get("/graphql", params=parameters, headers=headers)


class TestHeaders:
    @pytest.mark.parametrize(
        "name", ["Authorization", "Idempotency-Key", "Content-Type", "X-Dangol-At-Least"]
    )
    async def test_what_means_one_thing_is_said_once(self, api: Api, name: str) -> None:
        said = {"Authorization": f"Bearer {api.token()}", "Content-Type": OLD}
        one = said.pop(name, "a")

        response = await api.client.post(
            "/graphql", content=GOOD, headers=[*said.items(), (name, one), (name.lower(), one)]
        )

        assert response.status_code == 400
        assert response.json()["errors"][0]["message"] == f"the header {name.lower()} is given more than once"

    async def test_what_may_be_repeated_is_taken(self, api: Api) -> None:
        bearer, accept = ("Authorization", f"Bearer {api.token()}"), ("Accept", NEW)

        response = await api.client.post(
            "/graphql", content=GOOD, headers=[bearer, accept, accept, ("Content-Type", OLD)]
        )

        assert response.status_code == 200


class TestBodiesThatCannotBeRead:
    @pytest.mark.parametrize(
        ("body", "message"),
        [
            (b"", "the body is not JSON"),
            (b'"abc"', "the body must be a JSON object, not text"),
            (b"5", "the body must be a JSON object, not a number"),
            (b"null", "the body must be a JSON object, not null"),
            (b"true", "the body must be a JSON object, not a boolean"),
            (b'[{"query": "{ __typename }"}]', "the body must be a JSON object, not a list"),
            (b'{"query": ', "the body is not JSON"),
            (b'{"query": "\xff"}', "the body is not UTF-8: byte 11 cannot be read"),
            (b'\xef\xbb\xbf{"query": "{ __typename }"}', "the body is not JSON"),
            ('{"query": "{ __typename }"}'.encode("utf-16"), "the body is not UTF-8"),
            (b'{"query": "{ __typename }", "variables": {"a": NaN}}', "NaN is not JSON"),
            (
                b'{"query": "{ __typename }", "variables": {"a": ' + b"9" * 5000 + b"}}",
                "is too large",
            ),
            (b"[" * 50_000, "the body is not JSON that can be read"),
            (b"{}", "`query` must be the text of a document, not null"),
            (b'{"query": null}', "`query` must be the text of a document, not null"),
            (b'{"query": ["{ __typename }"]}', "`query` must be the text of a document, not a list"),
            (b'{"query": " "}', "`query` is empty: give the text of a document"),
            (b'{"query": "{ __typename }", "variables": "{}"}', "`variables` must be an object, not text"),
            (b'{"query": "{ __typename }", "variables": []}', "`variables` must be an object, not a list"),
            (
                b'{"query": "{ __typename }", "operationName": 1}',
                "`operationName` must be text, not a number",
            ),
            (b'{"query": "{ __typename }", "extensions": 0}', "`extensions` must be an object, not a number"),
            (b'{"query": "{ \\ud800 }"}', "`query` holds half of a surrogate pair"),
        ],
    )
    async def test_each_is_a_bad_request_that_says_why(self, api: Api, body: bytes, message: str) -> None:
        response = await api.send(body)

        assert response.status_code == 400
        assert response.headers["content-type"] == f"{NEW}; charset=utf-8"
        [error] = response.json()["errors"]
        assert error["extensions"] == {"code": "BAD_REQUEST"}
        assert message in error["message"]

    async def test_a_body_of_more_than_a_megabyte_is_not_read(self, api: Api) -> None:
        response = await api.send(b'{"query": "' + b" " * 1024 * 1024 + b'"}')

        assert response.status_code == 413
        assert response.json()["errors"][0]["message"] == "the body is larger than 1048576 bytes"

    async def test_nor_one_that_hides_its_length(self, api: Api) -> None:
        async def chunks() -> Any:
            for _ in range(20):
                yield b" " * 100_000

        headers = {"content-type": OLD, "authorization": f"Bearer {api.token()}"}
        response = await api.client.post("/graphql", content=chunks(), headers=headers)

        assert response.status_code == 413

    @pytest.mark.parametrize(
        "body",
        [b'{"query": "{ __typename } #' + b"x" * 64 * 1024 + b'"}', b" " * (1024 * 1024 + 1)],
        ids=["a long document", "a long body without its length"],
    )
    async def test_what_came_whole_is_refused_at_once(self, api: Api, body: bytes) -> None:
        """More was waited for: nothing comes after the end, until two seconds were over."""
        messages = [{"type": "http.request", "body": body, "more_body": False}]
        sent: list[Any] = []

        async def receive() -> Any:
            return messages.pop()

        async def send(message: Any) -> None:
            sent.append(message)

        app: Any = api.client._transport.app  # type: ignore[attr-defined]  # below what httpx adds
        headers = [
            (b"content-type", OLD.encode()),
            (b"accept", NEW.encode()),
            (b"authorization", f"Bearer {api.token()}".encode()),
        ]
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/graphql",
            "raw_path": b"/graphql",
            "query_string": b"",
        }
        await app(
            {**scope, "headers": headers, "client": ("127.0.0.1", 1), "http_version": "1.1"}, receive, send
        )

        assert sent[0]["status"] == 413

    @pytest.mark.parametrize(
        "kind", ["", "text/plain", "multipart/form-data", "application/json; charset=latin1"]
    )
    async def test_another_kind_of_body_is_refused(self, api: Api, kind: str) -> None:
        response = await api.send(GOOD, headers={"content-type": kind})

        assert response.status_code == 415


class TestDocumentsThatAreRefused:
    @pytest.mark.parametrize(
        ("document", "message"),
        [
            ("{", "Syntax Error: Expected Name, found <EOF>."),
            ("{ nope }", "Cannot query field 'nope' on type 'Query'."),
            ("{ custmers(first: 1) { totalCount } }", "Cannot query field 'custmers' on type 'Query'."),
            ("{ customers(first: 1) }", "must have a selection of subfields"),
            ('{ customers(first: "1") { totalCount } }', "Int cannot represent non-integer value"),
            (
                "{ customers(first: 2147483648) { totalCount } }",
                "Int cannot represent non 32-bit signed integer",
            ),
            (
                "query A { __typename } query B { __typename }",
                "the document has several operations: name one in `operationName`: A, B",
            ),
            ('{ customers(first: 1, filter: {name: {eq: "\\u0000"}}) { totalCount } }', "NUL"),
            ("{ customerBy(key: {}) { id } }", "exactly one field must be specified"),
            (
                '{ customerBy(key: {id: "a", external: {system: "a", id: "b"}}) { id } }',
                "exactly one field must be specified",
            ),
            ("{ " + "a" * 64 + ": __typename }", "longer than 63 characters"),
            ("{ " + " ".join(f"a{n}: __typename" for n in range(400)) + " }", "more than 1000 tokens"),
            ("{ customers(first: 1) " + "{ nodes " * 300 + "{ id }" + " }" * 300 + " }", ""),
            ("subscription { a }", ""),
        ],
    )
    async def test_each_says_why(self, api: Api, document: str, message: str) -> None:
        response = await api.post(document)

        assert response.status_code == 400
        error = response.json()["errors"][0]
        assert message in error["message"]
        assert error["extensions"]["code"] in ("BAD_REQUEST", "VALIDATION")

    @pytest.mark.parametrize(
        "literal",
        [
            'birthOn: {eq: "2025"}',
            'createdAt: {gte: "2025-01-01"}',
            "pointsBalance: {eq: 1}",
            "region: {eq: 3}",
        ],
    )
    async def test_a_literal_that_its_scalar_does_not_take_is_found_at_its_place(
        self, api: Api, literal: str
    ) -> None:
        document = f"{{ customers(first: 1, filter: {{{literal}}}) {{ totalCount }} }}"

        [error] = await api.errors(document)

        column = document.index(literal) + literal.index(": ", literal.index("{")) + len(": ") + 1
        assert error["locations"] == [{"line": 1, "column": column}]
        assert "cannot represent" in error["message"]

    @pytest.mark.parametrize("rest", [" " * 64 * 1024, "#" + "가" * 22 * 1024], ids=["ascii", "hangul"])
    async def test_a_long_document_is_too_large(self, api: Api, rest: str) -> None:
        response = await api.post("{ __typename }" + rest)

        assert response.status_code == 413
        assert response.json()["errors"][0]["message"] == "the document is longer than 65536 bytes"

    async def test_no_names_of_the_schema_are_suggested(self, api: Api) -> None:
        [error] = await api.errors("{ custmers(first: 1) { totalCount } }")

        assert error["message"] == "Cannot query field 'custmers' on type 'Query'."

    async def test_a_document_too_deep_to_be_planned_is_refused(self, api: Api) -> None:
        document = "{ categories(first: 1) { nodes " + "{ parent " * 12 + "{ id }" + " }" * 12 + " } }"

        [error] = await api.errors(document)

        assert error["extensions"]["code"] == "COST_EXCEEDED"
        assert "deeper than 12 levels" in error["message"]

    async def test_fragments_that_double_at_each_level_are_refused(self, api: Api) -> None:
        chain = "".join(
            f"fragment F{n} on Category {{ a: parent {{ ...F{n + 1} }} b: parent {{ ...F{n + 1} }} }}"
            for n in range(9)
        )
        document = (
            "{ categories(first: 1) { nodes { ...F0 } } }"
            + chain
            + "fragment F9 on Category { a: id b: id c: id d: id e: id }"
        )

        [error] = await api.errors(document)

        assert error["extensions"]["code"] == "COST_EXCEEDED"

    @pytest.mark.parametrize("depth", [100, 190, 300, 900, 3000])
    async def test_a_filter_nested_too_deeply_is_refused_and_not_a_fault(self, api: Api, depth: int) -> None:
        document = "query($f: CustomerFilter) { customers(first: 1, filter: $f) { totalCount } }"
        nested = b'{"not": ' * depth + b"{}" + b"}" * depth

        response = await api.send(b'{"query": "%b", "variables": {"f": %b}}' % (document.encode(), nested))

        assert response.status_code == 400
        assert response.json()["errors"][0]["extensions"]["code"] in (
            "BAD_REQUEST",
            "VALIDATION",
            "COST_EXCEEDED",
        )

    async def test_a_filter_of_thousands_of_conditions_is_refused(self, api: Api) -> None:
        filter_ = {"or": [{"name": {"eq": str(n)}} for n in range(1_300)]}

        [error] = await api.errors(
            "query($f: CustomerFilter) { customers(first: 1, filter: $f) { totalCount } }", {"f": filter_}
        )

        assert error["extensions"]["code"] == "COST_EXCEEDED"

    async def test_more_than_a_hundred_nodes_at_once_are_refused(self, api: Api) -> None:
        [error] = await api.errors(
            "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["Q3VzdG9tZXI6MQ=="] * 101}
        )

        assert error["message"] == "nodes.ids: 101 ids are given; at most 100 are allowed"
        assert error["extensions"] == {"code": "VALIDATION", "argument": "nodes.ids"}

    async def test_a_variable_of_the_wrong_type_is_named(self, api: Api) -> None:
        [error] = await api.errors("query($n: Int!) { customers(first: $n) { totalCount } }", {"n": "5"})

        assert "Variable '$n' has invalid value" in error["message"]
        assert error["extensions"]["code"] == "BAD_REQUEST"

    async def test_under_the_older_media_type_a_refused_document_is_200(self, api: Api) -> None:
        response = await api.send(b'{"query": "{"}', headers={"accept": OLD})

        assert response.status_code == 200
        assert "data" not in response.json()


class TestMediaTypes:
    @pytest.mark.parametrize(
        ("accept", "given"),
        [(NEW, NEW), (OLD, OLD), ("*/*", OLD), ("", OLD), (f"{NEW}, {OLD};q=0.9", NEW), ("text/html", OLD)],
    )
    async def test_the_newer_one_is_for_those_who_name_it(self, api: Api, accept: str, given: str) -> None:
        response = await api.send(GOOD, headers={"accept": accept})

        assert response.status_code == 200
        assert response.headers["content-type"] == f"{given}; charset=utf-8"


class TestMethods:
    async def test_get_answers_queries_with_their_variables(self, api: Api) -> None:
        document = "query A($n: Int!) { customers(first: $n) { totalCount } } query B { __typename }"
        asked = {"query": document, "variables": json.dumps({"n": 1}), "operationName": "A"}

        response = await get(api, asked)

        assert response.json()["data"] == {"customers": {"totalCount": 14}}

    async def test_get_never_changes_anything(self, api: Api) -> None:
        response = await get(
            api, {"query": 'mutation { createCustomer(input: {name: "x"}) { customer { id } } }'}
        )

        assert response.status_code == 405
        assert response.headers["allow"] == "GET, POST"

    @pytest.mark.parametrize("parameters", [{}, {"query": ""}, {"query": "{ __typename }", "variables": "{"}])
    async def test_a_bad_query_string_is_a_bad_request(self, api: Api, parameters: dict[str, str]) -> None:
        response = await get(api, parameters)

        assert response.status_code == 400

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
    async def test_other_methods_are_told_which_to_use(self, api: Api, method: str) -> None:
        headers = {"authorization": f"Bearer {api.token()}"}
        response = await api.client.request(method, "/graphql", content=GOOD, headers=headers)

        assert response.status_code == 405
        assert response.json()["errors"][0]["message"] == "use POST, or GET for queries"


class TestWhoAsks:
    @pytest.mark.parametrize("authorization", [None, "", "Basic eDp5", "Bearer", "Bearer x.y.z"])
    async def test_without_a_good_token_nothing_is_answered(
        self, api: Api, authorization: str | None
    ) -> None:
        headers = {"content-type": OLD} | ({} if authorization is None else {"authorization": authorization})

        response = await api.client.post("/graphql", content=GOOD, headers=headers)

        assert response.status_code == 401
        assert response.headers["www-authenticate"] == "Bearer"
        assert response.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}

    async def test_the_viewer_is_whom_the_token_names(self, api: Api) -> None:
        data = await api.data(
            "{ viewer { subject role scope } }", as_={"role": "AGENT", "scope": "OWN", "subject": "kim"}
        )

        assert data == {"viewer": {"subject": "kim", "role": "AGENT", "scope": "OWN"}}


class TestFaultsOfOurs:
    async def test_only_an_error_id_is_shown_and_the_place_is_logged(
        self, api: Api, capsys: pytest.CaptureFixture[str]
    ) -> None:
        state = api.client._transport.app.state  # type: ignore[attr-defined]
        state.backend = replace(state.backend, reads=None)  # nothing is written for a backend without a pool

        response = await api.post('{ customers(first: 1, filter: {name: {eq: "secret"}}) { totalCount } }')

        assert response.status_code == 500
        [error] = response.json()["errors"]
        assert error["extensions"]["code"] == "INTERNAL"
        said = capsys.readouterr()
        assert error["extensions"]["errorId"] in said.out + said.err
        assert "secret" not in said.out + said.err + response.text
