"""Our application on a generated star, as it is served but for what a figure leaves out: rollups, or kept answers."""

import http.client
import json
import os
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette

from api.app import application
from api.settings import Settings, load
from api.tokens import issue, signing_key
from bench.serving import served
from olap.serving.cache import Cached

WITHOUT = "BENCH_WITHOUT"
"""What the server goes without: `rollups` or `cache`."""


def create() -> Starlette:
    """The application with the settings of the environment."""
    app = application(load())
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(opened: Any) -> AsyncIterator[Any]:
        async with inner(opened) as state:
            cube: Any = opened.state.backend.cube
            engine = cube.store.engine
            if os.environ[WITHOUT] == "rollups":
                engine.rollups = {}
            if os.environ[WITHOUT] == "cache":
                # Serving makes its engine when it is asked for the first time; without a version it keeps no answers.
                vars(cube)["engine"] = Cached(engine, lambda: "")
            yield state

    app.router.lifespan_context = lifespan
    return app


class Asked:
    """A connection to a server, with the token of an analyst who sees everything."""

    def __init__(self, port: int, token: str | None = None) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}

    def aggregate(self, request: Mapping[str, str]) -> bytes:
        """The body of an answer. Raises RuntimeError for one that is not 200."""
        self._connection.request("GET", path(request), headers=self._headers)
        answered = self._connection.getresponse()
        body = answered.read()
        if answered.status != 200:
            raise RuntimeError(f"{answered.status}: {body[:300]!r}")
        return body

    def close(self) -> None:
        self._connection.close()


def path(request: Mapping[str, str], cube: str = "sales") -> str:
    """Where the request is asked."""
    return f"/slicer/cube/{cube}/aggregate?{urlencode(request)}"


def document(body: bytes) -> Any:
    """The answer with exact decimals."""
    return json.loads(body, parse_float=Decimal)


def token_for(folder: Path) -> str:
    """A token that the server of this data directory takes."""
    key = signing_key(Settings(data_dir=folder).key_path)
    return issue(key, subject="bench", role="ANALYST", scope="ALL", branches=(), hours=12)


@contextmanager
def serving(url: str, cube: Path, *, without: str) -> Iterator[tuple[int, str]]:
    """A server process on the store and the cube's file: its port, and a token."""
    with tempfile.TemporaryDirectory(prefix="dangol-bench-") as folder:
        told = {
            "DANGOL_DATABASE_URL": url,
            "DANGOL_DATA_DIR": folder,
            "DANGOL_CUBE_URL": f"duckdb:///{cube}",
            "DANGOL_JOBS": "false",
            "DANGOL_RATE": "100000000",
            WITHOUT: without,
        }
        token = token_for(Path(folder))
        with served("bench.cube.server:create", told) as port:
            yield port, token
