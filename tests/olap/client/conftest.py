"""The small star in process, and behind a socket of this machine for the client that speaks HTTP."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from olap.client import Cube
from olap.engines.duckdb import DuckDB
from tests.api.slicer.conftest import (  # noqa: F401 (fixtures)
    Client,
    analyst,
    anybody,
    client_as,
    key_path,
    star_engine,
)
from tests.olap.small_star import SmallCube


@pytest.fixture
def in_process(small: DuckDB) -> Cube:
    return Cube("sales", store=SmallCube(small))


@pytest.fixture(scope="session")
def url(anybody: Client) -> Iterator[str]:  # noqa: F811 (a fixture)
    """Where the Slicer listens: a plain HTTP server that hands each request to the application."""

    class Bridge(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            bearer = (self.headers.get("Authorization") or "").removeprefix("Bearer ") or None
            answer = Client(anybody.portal, anybody.http, bearer).get(self.path)
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: object) -> None:
            """Tests print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Bridge)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def at_server(url: str, analyst: Client) -> Cube:  # noqa: F811 (a fixture)
    return Cube("sales", url=url, token=analyst.token)
