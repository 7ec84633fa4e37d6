"""The Slicer over the real application's routes and tokens, on the small star."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette

from api.auth import Authenticator
from api.backend import Backend
from api.settings import load
from api.slicer.routes import slicer_routes
from api.tokens import issue, signing_key
from olap.engines.duckdb import DuckDB
from tests.olap.small_star import SmallCube, small_engine

if TYPE_CHECKING:
    import asyncpg

Token = Callable[..., str]


@pytest.fixture(scope="session")
def small() -> Iterator[DuckDB]:
    with small_engine() as opened:
        yield opened


@pytest.fixture(scope="session")
def key_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "key.pem"


@pytest.fixture(scope="session")
def token(key_path: Path) -> Token:
    """Makes a token: `token(role="analyst", scope="OWN", subject="kim")`."""

    def make(
        *, role: str = "ANALYST", scope: str = "ALL", subject: str = "ann", branches: tuple[str, ...] = ()
    ) -> str:
        return issue(
            signing_key(key_path), subject=subject, role=role, scope=scope, branches=branches, hours=1
        )

    return make


@pytest.fixture
def app(
    small: DuckDB, key_path: Path, engine: AsyncEngine, reads: "asyncpg.Pool[asyncpg.Record]"
) -> Starlette:
    """The routes with a backend whose cube is the small star."""
    cube: Any = SmallCube(small)
    backend = Backend(
        settings=load(),
        auth=Authenticator(signing_key(key_path), reads),
        engine=engine,
        reads=reads,
        cube=cube,
    )
    made = Starlette(routes=slicer_routes())
    made.state.backend = backend
    return made


@pytest.fixture
async def anybody(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a token."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
        yield client


@pytest.fixture
async def analyst(app: Starlette, token: Token) -> AsyncIterator[httpx.AsyncClient]:
    """A client who may see everything."""
    headers = {"Authorization": f"Bearer {token()}"}
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        yield client
