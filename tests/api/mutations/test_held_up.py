"""Requests that the server was in the way of: their status and when to come again, for reads and writes alike."""

from dataclasses import replace
from typing import Any

import httpx
import pytest
from graphql import ExecutionResult, GraphQLError
from starlette.applications import Starlette

from api.backend import Backend
from api.errors import ApiError, Code, Refused
from api.graphql.http import graphql_routes
from api.graphql.results import check_not_held_up, formatted, refused
from domain.db import engine, read_pool
from tests.api.graphql.asking import Api
from tests.api.mutations.conftest import Rows

CREATE = 'createCustomer(input: {name: "Held"}) { customer { name } userErrors { code } }'
AWAY = "postgresql://nobody@/nothing?host=/tmp/no-server-is-here&port=1"
MEDIA = ["application/json", "application/graphql-response+json"]


async def told(backend: Backend, token: Any, document: str, media: str) -> httpx.Response:
    """The answer of an application with this backend."""
    app = Starlette(routes=graphql_routes())
    app.state.backend = backend
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
    headers = {"authorization": f"Bearer {token()}", "accept": media}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        return await client.post("/graphql", json={"query": document}, headers=headers)


class TestStoreAway:
    @pytest.mark.parametrize("media", MEDIA)
    @pytest.mark.parametrize(
        ("document", "path"),
        [
            (f"mutation {{ {CREATE} }}", ["createCustomer"]),
            (f"mutation {{ a: {CREATE} b: {CREATE} }}", ["a"]),
            ("{ customers(first: 1) { totalCount } }", None),
        ],
    )
    async def test_a_request_is_told_to_come_again(
        self, backend: Backend, database: str, token: Any, document: str, path: Any, media: str
    ) -> None:
        commands = engine(AWAY)
        reads = await read_pool(database, size=1)
        reads.__dict__["_url"] = AWAY

        response = await told(replace(backend, engine=commands, reads=reads), token, document, media)
        await commands.dispose()
        await reads.close()

        assert response.status_code == 503
        assert response.headers["retry-after"] == "1"
        assert response.headers["content-type"] == f"{media}; charset=utf-8"
        answer = response.json()
        assert "data" not in answer
        assert answer["errors"][0].get("path") == path
        assert answer["errors"][0]["extensions"] == {"code": "BUSY", "retryAfter": 1}


class TestWellFormed:
    async def test_a_write_that_the_caller_got_wrong_is_a_result(self, api: Api, rows: Rows) -> None:
        response = await api.post('mutation { createCustomer(input: {name: ""}) { userErrors { code } } }')

        assert response.status_code == 200
        assert "retry-after" not in response.headers
        assert response.json()["data"]["createCustomer"] == {"userErrors": [{"code": "VALIDATION"}]}

    @pytest.mark.parametrize(
        ("data", "errors", "whole"),
        [
            ({"a": None}, {"a": Code.BUSY}, True),
            ({"a": None, "b": None}, {"a": Code.TIMEOUT, "b": Code.BUSY}, True),
            ({"a": None}, {"a": Code.INTERNAL}, True),
            ({"a": None}, {"a": Code.IN_PROGRESS}, True),
            (None, {"a": Code.BUSY}, True),
            ({"a": None}, {"a": Code.VALIDATION}, False),
            ({"a": None, "b": {"id": "1"}}, {"a": Code.BUSY}, False),
            ({"a": None, "b": None}, {"a": Code.BUSY}, False),
            ({"a": None, "b": None}, {"a": Code.BUSY, "b": Code.IDEMPOTENCY_KEY_REUSED}, False),
            ({"a": {"id": "1"}}, {}, False),
        ],
    )
    def test_only_what_came_to_nothing_for_the_servers_sake_is_refused(
        self, data: Any, errors: dict[str, Code], whole: bool
    ) -> None:
        raised = [
            GraphQLError("x", path=[name], original_error=ApiError(code, "x"))
            for name, code in errors.items()
        ]
        result = ExecutionResult(data=data, errors=raised or None)
        refusals = refused(result)

        if whole:
            with pytest.raises(Refused) as held:
                check_not_held_up(result, refusals)
            assert [(each.path, each.code) for each in held.value.errors] == [
                ([name], code) for name, code in errors.items()
            ]
        else:
            check_not_held_up(result, refusals)
            shown = formatted(result, refusals, "en").get("errors", [])
            assert ["retryAfter" in each["extensions"] for each in shown] == [
                code is Code.BUSY for code in errors.values()
            ]
