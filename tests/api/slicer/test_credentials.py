"""The ways in which clients of the Slicer say who they are: none is believed without its secret (T38)."""

import base64
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from api.auth import Authenticator
from api.backend import Backend
from api.settings import Settings
from api.slicer.routes import slicer_routes
from api.tokens import issue, signing_key
from domain.db import engine, read_pool
from domain.keys import secret
from olap.engines.duckdb import DuckDB
from olap.serving import Serving
from tests.olap.small_star import SmallCube

URL = "/slicer/cube/sales/aggregate"
ID, SECRET = "0123456789abcdef", "ab" * 32


def basic(name: str, password: str) -> dict[str, str]:
    told = base64.b64encode(f"{name}:{password}".encode()).decode()
    return {"Authorization": f"Basic {told}"}


@dataclass(frozen=True)
class Door:
    """The routes, with the machine key of an analyst. `allowed`: `api_key` in the address is."""

    backend: Backend
    token: str

    async def ask(
        self,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        *,
        allowed: bool = False,
    ) -> httpx.Response:
        app = Starlette(routes=slicer_routes())
        app.state.backend = replace(self.backend, settings=Settings(api_key_parameter=allowed))
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.get(URL, headers=headers, params={"aggregates": "lines", **(params or {})})


@pytest.fixture
async def door(database: str, star_engine: DuckDB, tmp_path: Path) -> AsyncIterator[Door]:
    reads, commands = await read_pool(database, size=2), engine(database)
    await reads.execute(
        "INSERT INTO machine_keys (id, public_id, name, role, scope, api_scopes)"
        " VALUES (1, $1, 'reports', 'ANALYST', 'ALL', ARRAY['READ'])",
        ID,
    )
    await reads.execute(
        "INSERT INTO machine_key_secrets (key_id, sha256, issued_at) VALUES (1, $1, now())",
        secret.hashed(SECRET),
    )
    key = signing_key(tmp_path / "key.pem")
    cube = Serving(SmallCube(star_engine))
    token = issue(key, subject="ann", role="ANALYST", scope="ALL", branches=(), hours=1)
    yield Door(Backend(Settings(), Authenticator(key, reads), commands, reads, cube), token)
    await reads.close()
    await commands.dispose()


class TestBasic:
    @pytest.mark.parametrize("name", [ID, f"dgl_{ID}"])
    async def test_id_and_secret_of_a_machine_key_are_taken(self, door: Door, name: str) -> None:
        answer = await door.ask(basic(name, SECRET))

        assert answer.status_code == 200
        assert answer.json()["summary"]["lines"] > 0

    @pytest.mark.parametrize(
        "headers",
        [
            basic(ID, "cd" * 32),
            basic("0" * 16, SECRET),
            basic("ann", ""),
            basic("", ""),
            basic("ann", "ann"),
            basic(f"{ID}_{SECRET}", "x"),
            {"Authorization": "Basic"},
            {"Authorization": "Basic !!!"},
            {"Authorization": "Basic /////w=="},
        ],
        ids=str,
    )
    async def test_nobody_else_is_let_in(self, door: Door, headers: dict[str, str]) -> None:
        answer = await door.ask(headers)

        assert answer.status_code == 401
        assert answer.json()["error"]["type"] == "not_authenticated"
        assert 'Basic realm="dangol"' in answer.headers["www-authenticate"]
        assert 'Bearer realm="dangol"' in answer.headers["www-authenticate"]


class TestInTheAddress:
    async def test_it_is_refused_with_a_reason(self, door: Door) -> None:
        answer = await door.ask(params={"api_key": door.token})

        assert answer.status_code == 401
        assert "api_key is not taken here" in answer.json()["error"]["message"]

    async def test_where_it_is_allowed_a_credential_is_taken(self, door: Door) -> None:
        good = await door.ask(params={"api_key": door.token}, allowed=True)
        bad = await door.ask(params={"api_key": "ann"}, allowed=True)

        assert (good.status_code, bad.status_code) == (200, 401)

    async def test_but_not_from_elsewhere(self, door: Door) -> None:
        answer = await door.ask({"X-Forwarded-For": "192.0.2.1"}, {"api_key": door.token}, allowed=True)

        assert answer.status_code == 401
        assert "api_key is not taken here" in answer.json()["error"]["message"]

    async def test_a_header_goes_before_it(self, door: Door) -> None:
        answer = await door.ask({"Authorization": "Bearer no"}, {"api_key": door.token}, allowed=True)

        assert answer.status_code == 401
