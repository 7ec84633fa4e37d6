"""The header Dangol-Explain: an answer says how it was made, to developers and administrators alone."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from api.backend import Backend
from api.graphql.http import graphql_routes
from api.settings import Settings
from domain.selection import ids
from tests.api.graphql.asking import Api, Counted

NAMED = """query ($name: String!, $search: String!, $id: ID!) {
    customers(first: 1, search: $search, filter: {name: {in: [$name, "literal-name"]}}) { nodes { name } }
    customer(id: $id) { region }
}"""
GIVEN = {"name": "variable-name", "search": "sought-name", "id": ids.made("Customer", 7)}
ASKED = {"dangol-explain": "1"}
VIEWER = {"role": "VIEWER"}


async def ask(
    api: Api,
    document: str = "{ branches(first: 1) { nodes { name } } }",
    variables: dict[str, Any] | None = None,
    *,
    as_: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    body = json.dumps({"query": document, "variables": variables}).encode()
    return await api.send(body, as_=as_, headers=ASKED if headers is None else headers)


@pytest.fixture
async def production(backend: Backend, token: Callable[..., str]) -> AsyncIterator[Api]:
    """The same routes on a server that is not in development mode."""
    app = Starlette(routes=graphql_routes(development=False))
    app.state.backend = replace(backend, settings=Settings(development=False))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield Api(client, token)


class TestAnswers:
    async def test_the_selection_and_the_sql_stand_beside_the_same_answer(self, api: Api) -> None:
        Counted.statements.clear()
        explained = (await ask(api)).json()
        [statement] = Counted.statements
        plain = (await ask(api, headers={})).json()

        said = explained["extensions"].pop("explain")
        assert said["selection"].splitlines()[0] == "branches: first 1 of Branch by code"
        assert said["sql"] == statement
        assert said["complete"] is True
        assert explained["data"] == plain["data"]
        assert explained["extensions"]["cost"].keys() == plain["extensions"]["cost"].keys()
        assert "explain" not in plain["extensions"]

    async def test_no_value_that_was_sent_is_in_it(self, api: Api) -> None:
        response = await ask(api, NAMED, GIVEN)

        explain = json.dumps(response.json()["extensions"]["explain"])
        assert "customers.filter.name.in" in explain
        for value in (*GIVEN.values(), "literal-name"):
            assert value not in explain

    async def test_a_mutation_says_what_it_reads_back(self, api: Api) -> None:
        document = """mutation { updateBranch(input: {id: "none", expectedVersion: 1, name: "secret-name"}) {
            branch { name } userErrors { code } } }"""

        said = (await ask(api, document)).json()

        explain = said["extensions"]["explain"]
        assert said["data"]["updateBranch"]["userErrors"] == [{"code": "VALIDATION"}]
        assert (explain["complete"], list(explain["written"])) == (False, ["updateBranch"])
        assert "secret-name" not in json.dumps(explain)

    async def test_it_is_sent_by_get_too(self, api: Api) -> None:
        headers = {"authorization": f"Bearer {api.token()}", **ASKED}

        response = await api.client.get("/graphql", params={"query": "{ viewer { role } }"}, headers=headers)

        assert "sql" in response.json()["extensions"]["explain"]


class TestWhoMay:
    async def test_anybody_in_development_mode(self, api: Api) -> None:
        response = await ask(api, as_=VIEWER)

        assert "explain" in response.json()["extensions"]

    async def test_an_administrator_everywhere(self, production: Api) -> None:
        response = await ask(production)

        assert "explain" in response.json()["extensions"]

    @pytest.mark.parametrize("role", ["MARKETER", "ANALYST", "AGENT", "INTEGRATION", "VIEWER"])
    async def test_others_are_refused_before_anything_is_asked(self, production: Api, role: str) -> None:
        Counted.statements.clear()

        response = await ask(production, as_={"role": role})

        assert response.status_code == 403
        [error] = response.json()["errors"]
        assert error["extensions"] == {"code": "FORBIDDEN"}
        assert error["message"].startswith("Dangol-Explain is for administrators")
        assert Counted.statements == []

    async def test_without_the_header_they_are_answered(self, production: Api) -> None:
        response = await ask(production, as_=VIEWER, headers={})

        assert response.status_code == 200


class TestBadHeaders:
    @pytest.mark.parametrize("value", ["0", "true", "", "1, 1"])
    async def test_another_value_is_a_bad_request(self, api: Api, value: str) -> None:
        response = await ask(api, headers={"dangol-explain": value})

        assert response.status_code == 400
        assert response.json()["errors"][0]["message"] == "Dangol-Explain must be 1, or absent"

    async def test_a_refused_document_is_refused_as_ever(self, api: Api) -> None:
        response = await ask(api, "{ nope }")

        assert response.status_code == 400
        assert "extensions" not in response.json()

    async def test_a_subscription_is_not_explained(self, api: Api) -> None:
        document = "subscription { customerChanged { operation } }"

        accept = "application/graphql-response+json, text/event-stream"
        response = await ask(api, document, headers={**ASKED, "accept": accept})

        assert response.status_code == 400
        assert "a subscription is not explained" in response.text
