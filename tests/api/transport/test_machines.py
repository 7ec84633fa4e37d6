"""What machine keys may send: batches to /graphql/bulk, and only registered documents where they are held to them."""

import hashlib
from datetime import UTC, datetime

import httpx
import pytest

from domain.access import SYSTEM
from domain.db import engine, run
from domain.documents.commands import Document, register
from domain.keys.commands import KeyDetails, create_machine_key
from domain.roles import ApiScope
from tests.api.transport.conftest import Served

UPSERT = """
    mutation ($rows: [UpsertCustomersRow!]!) {
        upsertCustomers(input: {rows: $rows}) { rows { status } }
    }
"""
EVERYTHING = frozenset(ApiScope)


async def key(served: Served, *, scopes: frozenset[ApiScope] = EVERYTHING, trusted_only: bool = False) -> str:
    """The text of a new machine key."""
    on = engine(served.database, pool_size=1)
    try:
        issued = await run(
            on,
            lambda session: create_machine_key(
                session,
                KeyDetails("test", api_scopes=scopes, trusted_only=trusted_only),
                actor=SYSTEM,
                now=datetime.now(UTC),
            ),
            origin="test",
        )
    finally:
        await on.dispose()
    return issued.text


async def registered(served: Served, text: str) -> str:
    """The hash of the text, which is registered now."""
    on = engine(served.database, pool_size=1)
    try:
        await run(on, lambda session: register(session, [Document("x", text)]), origin="test")
    finally:
        await on.dispose()
    return hashlib.sha256(text.encode()).hexdigest()


async def ask(served: Served, path: str, bearer: str, body: object) -> httpx.Response:
    headers = {"authorization": f"Bearer {bearer}", "accept": "application/graphql-response+json"}
    async with httpx.AsyncClient(timeout=60) as client:
        return await client.post(served.url + path, json=body, headers={**headers, "idempotency-key": "k"})


class TestBulk:
    @pytest.mark.parametrize("scopes", [{ApiScope.READ}, {ApiScope.READ, ApiScope.WRITE}])
    async def test_it_needs_a_key_with_the_scope(self, served: Served, scopes: set[ApiScope]) -> None:
        bearer = await key(served, scopes=frozenset(scopes))

        response = await ask(served, "/bulk", bearer, {"query": UPSERT})

        assert response.status_code == 403
        assert (
            response.json()["errors"][0]["message"] == "bulk requests need a machine key with the scope bulk"
        )

    async def test_a_person_may_not(self, served: Served) -> None:
        assert (await ask(served, "/bulk", served.token(), {"query": UPSERT})).status_code == 403

    @pytest.mark.parametrize(
        "document",
        [
            "{ __typename }",
            'mutation { createCustomer(input: {name: "x"}) { userErrors { code } } }',
            'mutation { ...F } fragment F on Mutation { createCustomer(input: {name: "x"}) { userErrors { code } } }',
        ],
    )
    async def test_nothing_but_upserts_is_taken(self, served: Served, document: str) -> None:
        response = await ask(served, "/bulk", await key(served), {"query": document})

        assert response.status_code == 400
        assert "bulk requests hold upserts only" in response.json()["errors"][0]["message"]

    async def test_a_body_of_more_than_a_megabyte_is_read(self, served: Served) -> None:
        padding = " " * 2 * 1024 * 1024

        response = await ask(
            served, "/bulk", await key(served), {"query": UPSERT, "extensions": {"x": padding}}
        )

        assert "the body is larger" not in response.text
        assert response.status_code == 400  # the rows are missing

    async def test_one_of_more_than_sixteen_is_not(self, served: Served) -> None:
        body = {"query": UPSERT, "extensions": {"x": " " * 17 * 1024 * 1024}}

        response = await ask(served, "/bulk", await key(served), body)

        assert response.status_code == 413

    async def test_get_is_not_taken(self, served: Served) -> None:
        bearer = await key(served)
        async with httpx.AsyncClient(timeout=60) as client:
            response = await client.get(served.url + "/bulk", headers={"authorization": f"Bearer {bearer}"})

        assert response.status_code == 405


class TestTrustedOnly:
    TEXT = "query Trusted { viewer { role } }"

    async def test_registered_documents_are_run_by_hash_and_by_text(self, served: Served) -> None:
        digest = await registered(served, self.TEXT)
        bearer = await key(served, trusted_only=True)

        by_hash = await ask(served, "", bearer, {"documentId": f"sha256:{digest}"})
        by_text = await ask(served, "", bearer, {"query": self.TEXT})

        assert by_hash.json()["data"] == by_text.json()["data"] == {"viewer": {"role": "INTEGRATION"}}

    async def test_any_other_is_forbidden(self, served: Served) -> None:
        bearer = await key(served, trusted_only=True)
        text = "query Other { viewer { role } }"
        persisted = {"version": 1, "sha256Hash": hashlib.sha256(text.encode()).hexdigest()}

        for body in ({"query": text}, {"query": text, "extensions": {"persistedQuery": persisted}}):
            response = await ask(served, "", bearer, body)

            assert response.status_code == 403
            assert "registered documents only" in response.json()["errors"][0]["message"]
