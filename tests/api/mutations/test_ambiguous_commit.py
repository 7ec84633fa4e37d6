"""A COMMIT whose answer is lost: the caller is told the truth, or told to ask again, and there is one row."""

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from api.backend import Backend
from api.graphql.http import graphql_routes
from domain import db
from domain.db import engine
from tests.api.graphql.asking import Api
from tests.api.mutations.conftest import Rows
from tests.proxy import cutting

BODY = json.dumps(
    {"query": 'mutation { createCustomer(input: {name: "Once"}) { customer { name } userErrors { code } } }'}
).encode()
COUNT = "SELECT count(*) FROM customers WHERE name = 'Once'"


async def through(backend: Backend, token: Any) -> Any:
    """The answer of an application whose writes go the way of this backend."""
    app = Starlette(routes=graphql_routes())
    app.state.backend = backend
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        return (await Api(client, token).send(BODY, headers={"idempotency-key": "k1"})).json()


class TestAmbiguousCommit:
    async def test_it_is_settled_without_a_second_row(
        self, backend: Backend, database: str, token: Any, rows: Rows
    ) -> None:
        async with cutting(database, after=b"COMMIT", times=1) as flaky:
            commands = engine(flaky)
            answer = await through(replace(backend, engine=commands), token)
            await commands.dispose()

        assert answer["data"]["createCustomer"] == {"customer": {"name": "Once"}, "userErrors": []}
        assert await rows(COUNT) == [(1,)]

    async def test_what_nobody_can_tell_is_busy_and_the_retry_is_a_replay(
        self, backend: Backend, database: str, token: Any, rows: Rows, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(db, "SETTLE_SECONDS", 0.5)
        async with cutting(database, after=b"COMMIT", times=1, then_refuse=True) as flaky:
            commands = engine(flaky)
            first = await through(replace(backend, engine=commands), token)
            await commands.dispose()

        second = await through(backend, token)

        assert [error["extensions"]["code"] for error in first["errors"]] == ["BUSY"]
        assert second["data"]["createCustomer"]["customer"] == {"name": "Once"}
        assert second["extensions"]["idempotency"] == {"replayed": ["createCustomer"]}
        assert await rows(COUNT) == [(1,)]
