"""A client of the GraphQL routes for tests, and connections that count what they are asked."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx

from tests.api.served import Client


class Counted(asyncpg.Connection):
    """A connection that remembers the statements asked of it, whichever connection of the pool it is."""

    statements: list[str] = []  # noqa: RUF012  # shared on purpose: a pool has several connections

    async def fetchval(self, query: str, *args: Any, **options: Any) -> Any:
        Counted.statements.append(query)
        return await super().fetchval(query, *args, **options)


@dataclass(frozen=True)
class Api:
    """Asks as an administrator who sees all, unless `as_` says otherwise."""

    client: httpx.AsyncClient
    token: Callable[..., str]

    async def post(
        self, document: str, variables: dict[str, Any] | None = None, *, as_: dict[str, Any] | None = None
    ) -> httpx.Response:
        """The HTTP answer to the document."""
        body: dict[str, Any] = {"query": document}
        if variables is not None:
            body["variables"] = variables
        return await self.send(json.dumps(body).encode(), as_=as_)

    async def send(
        self, body: bytes, *, as_: dict[str, Any] | None = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """The HTTP answer to a body as it is."""
        told = {
            "content-type": "application/json",
            "accept": "application/graphql-response+json",
            "authorization": f"Bearer {self.token(**(as_ or {}))}",
            **(headers or {}),
        }
        if isinstance(self.client, Client):
            return await self.client.posted("/graphql", body, told)
        return await self.client.post("/graphql", content=body, headers=told)

    async def data(
        self, document: str, variables: dict[str, Any] | None = None, *, as_: dict[str, Any] | None = None
    ) -> Any:
        """The data of a good answer."""
        response = await self.post(document, variables, as_=as_)
        assert response.status_code == 200, response.text
        answer = response.json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def errors(
        self, document: str, variables: dict[str, Any] | None = None, *, as_: dict[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """The errors of a request that was refused whole."""
        response = await self.post(document, variables, as_=as_)
        answer = response.json()
        assert "data" not in answer, answer
        found: list[dict[str, Any]] = answer["errors"]
        return found
