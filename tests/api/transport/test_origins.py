"""Pages of other origins call us only where the settings name them; what is off in production is off."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from api.app import application
from api.settings import Settings, SettingsError, load
from api.tokens import issue, signing_key
from domain.postgres import Server
from tests.conftest import copied

SHOP = "https://crm.example.com"
PREFLIGHT = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization, content-type, idempotency-key",
}


@asynccontextmanager
async def client(database: str, folder: Path, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole application, with an administrator's token at hand as its `token`."""
    given = Settings(data_dir=folder, database_url=database, **settings)
    app = application(given)
    token = issue(signing_key(given.key_path), subject="ann", role="ADMIN", scope="ALL", branches=(), hours=1)
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as made,
    ):
        made.headers["x-token"] = token
        yield made


@pytest.fixture(scope="module")
def store(server: Server, admin: Callable[[str], None], template: str) -> Iterator[str]:
    """The URL of an empty database, which all applications of this file show."""
    with copied(server, admin, template) as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(store: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """The application that one other origin may call."""
    async with client(store, tmp_path_factory.mktemp("data"), allow_origins=(SHOP,)) as asked:
        yield asked


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def machine(store: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """The application that pages of this machine may call."""
    async with client(store, tmp_path_factory.mktemp("data"), allow_origins=("localhost",)) as asked:
        yield asked


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def production(
    store: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[httpx.AsyncClient]:
    """The application as it is in production."""
    async with client(store, tmp_path_factory.mktemp("data"), development=False) as asked:
        yield asked


def bearer(asked: httpx.AsyncClient) -> dict[str, str]:
    return {"authorization": f"Bearer {asked.headers['x-token']}"}


@pytest.mark.asyncio(loop_scope="module")
class TestOrigins:
    @pytest.mark.parametrize("path", ["/graphql", "/graphql/bulk", "/slicer/cubes"])
    async def test_a_preflight_of_a_named_one_needs_no_token(
        self, shop: httpx.AsyncClient, path: str
    ) -> None:
        good = await shop.options(path, headers={"origin": SHOP, **PREFLIGHT})
        other = await shop.options(path, headers={"origin": "https://evil.example", **PREFLIGHT})

        assert good.status_code == 200
        assert good.headers["access-control-allow-origin"] == SHOP
        assert "access-control-allow-credentials" not in good.headers
        assert other.status_code == 400
        assert "access-control-allow-origin" not in other.headers

    @pytest.mark.parametrize(
        "header", ["apollographql-client-name", "traceparent", "sentry-trace", "x-requested-with"]
    )
    async def test_what_clients_and_tracing_send_besides_may_be_sent(
        self, shop: httpx.AsyncClient, header: str
    ) -> None:
        headers = {
            "origin": SHOP,
            **PREFLIGHT,
            "access-control-request-headers": f"{header},authorization",
        }
        answer = await shop.options("/graphql", headers=headers)

        assert answer.status_code == 200

    async def test_answers_and_refusals_may_be_read_by_a_named_one(self, shop: httpx.AsyncClient) -> None:
        headers = {"origin": SHOP, **bearer(shop)}
        good = await shop.post("/graphql", json={"query": "{ __typename }"}, headers=headers)
        refused = await shop.post("/graphql", json={"query": "{ __typename }"}, headers={"origin": SHOP})
        cube = await shop.get("/slicer/cubes", headers=headers)

        assert (good.status_code, refused.status_code, cube.status_code) == (200, 401, 200)
        for response in (good, refused, cube):
            assert response.headers["access-control-allow-origin"] == SHOP

    async def test_by_default_there_is_none(self, store: str, tmp_path: Path) -> None:
        async with client(store, tmp_path) as asked:
            response = await asked.options(
                "/graphql", headers={"origin": "http://localhost:5173", **PREFLIGHT}
            )

        assert "access-control-allow-origin" not in response.headers

    @pytest.mark.parametrize(
        ("origin", "allowed"),
        [
            ("http://localhost:5173", True),
            ("http://127.0.0.1", True),
            ("http://localhost.evil.example", False),
            ("http://localhost:5173.evil.example", False),
            ("null", False),
        ],
    )
    async def test_localhost_stands_for_pages_of_this_machine(
        self, machine: httpx.AsyncClient, origin: str, allowed: bool
    ) -> None:
        response = await machine.options("/graphql", headers={"origin": origin, **PREFLIGHT})

        assert ("access-control-allow-origin" in response.headers) is allowed


class TestNaming:
    @pytest.mark.parametrize(
        "given", ["*", "crm.example.com", "https://a.example/", "ftp://a.example", "null"]
    )
    def test_what_is_no_origin_stops_the_start(self, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
        monkeypatch.setenv("DANGOL_ALLOW_ORIGINS", given)

        with pytest.raises(SettingsError, match=r"DANGOL_ALLOW_ORIGINS.*must be origins such as"):
            load()

    def test_several_are_parted_by_commas(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DANGOL_ALLOW_ORIGINS", f"localhost, {SHOP}")

        assert load().allow_origins == ("localhost", SHOP)


@pytest.mark.asyncio(loop_scope="module")
class TestProduction:
    @pytest.mark.parametrize(
        "document", ["{ __schema { queryType { name } } }", '{ __type(name: "Customer") { name } }']
    )
    async def test_nobody_is_told_the_schema(self, production: httpx.AsyncClient, document: str) -> None:
        headers = {**bearer(production), "accept": "application/graphql-response+json"}
        response = await production.post("/graphql", json={"query": document}, headers=headers)

        assert response.status_code == 400
        for error in response.json()["errors"]:
            assert error["extensions"]["code"] == "BAD_REQUEST"
            assert "introspection has been disabled" in error["message"]

    async def test_types_are_still_named(self, production: httpx.AsyncClient) -> None:
        response = await production.post(
            "/graphql", json={"query": "{ __typename }"}, headers=bearer(production)
        )

        assert response.json()["data"] == {"__typename": "Query"}

    async def test_a_browser_gets_no_page(self, production: httpx.AsyncClient) -> None:
        response = await production.get("/graphql", headers={"accept": "text/html"})

        assert response.status_code == 401
