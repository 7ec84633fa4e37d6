"""Read your writes: an answer holds the write whose token came with the question, or there is none."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from api.at_least import holding
from api.auth import Authenticator
from api.backend import Backend
from api.errors import ApiError, Code
from api.graphql.http import graphql_routes
from api.positions import Position, position
from api.settings import Settings
from api.slicer.routes import slicer_routes
from api.tokens import issue, signing_key
from domain.db import read_pool
from domain.postgres import Server
from olap import ask
from olap.client import Cube
from olap.engines.postgres import Postgres
from olap.errors import RequestError
from olap.plan import NONE
from olap.request import Texts, aggregate_request
from olap.serving import Serving
from olap.serving.interruptible import StoppableCube
from olap.store import open_store
from olap.vocabulary import model_of
from tests.conftest import copied
from tests.olap.store.shop import Shop, open_shop, order

IMPATIENT = 0.3

LINES = '{ cube(name: "sales") { aggregate(input: {aggregates: ["lines"]}) { summary { value } } } }'


@pytest.fixture
def shop(database: str) -> Iterator[Shop]:
    with open_shop(database) as opened:
        yield opened


@pytest.fixture
def cube(shop: Shop, tmp_path: Path) -> Iterator[Serving]:
    """A cube that follows the shop."""
    with open_store(shop.url, tmp_path / "cube.duckdb", threads=1, memory_limit="512MB") as store:
        yield Serving(store)


@pytest.fixture(scope="module")
def quiet(
    server: Server, admin: Callable[[str], None], template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Shop, Serving]]:
    """A shop in which nothing happens, and a cube that follows it, for tests that refuse a token or have none."""
    file = tmp_path_factory.mktemp("quiet") / "cube.duckdb"
    with (
        copied(server, admin, template) as url,
        open_shop(url) as opened,
        open_store(url, file, threads=1, memory_limit="512MB") as store,
    ):
        yield opened, Serving(store)


@pytest.fixture
def live(shop: Shop) -> Iterator[Postgres]:
    with Postgres(shop.url) as engine:
        yield engine


def last_write(shop: Shop) -> str:
    """The token of the last write of the shop."""
    return Position(1, shop.value("SELECT max(xid::text::bigint) FROM change")).token


def lines(cube: StoppableCube) -> int:
    """How many lines the cube counts."""
    model = model_of("sales")
    texts = Texts(aggregates=["lines"])
    wanted = aggregate_request(model, texts, now=datetime(2030, 1, 1, tzinfo=UTC), language="en")
    engine: Any = cube.engine
    found: int = ask.aggregate(engine, model, wanted, NONE).summary["lines"]
    return found


class TestHolding:
    async def test_the_cube_is_asked_once_it_holds_the_write(self, shop: Shop, cube: Serving) -> None:
        for number in range(50, 53):
            shop.run(order(number))

            found = await holding(last_write(shop), cube, None)

            assert found is cube
            assert lines(found) == 7 + number - 49

    async def test_behind_an_older_open_transaction_postgres_answers(
        self, shop: Shop, cube: Serving, live: Postgres
    ) -> None:
        with shop.unfinished(order(60)):
            shop.run(order(50))
            found = await holding(last_write(shop), cube, live, patience=IMPATIENT)

            assert found is not cube
            assert (lines(cube), lines(found)) == (7, 8)

    async def test_once_it_is_over_the_cube_does(self, shop: Shop, cube: Serving, live: Postgres) -> None:
        with shop.unfinished(order(60)):
            shop.run(order(50))

        found = await holding(last_write(shop), cube, live)

        assert found is cube
        assert lines(cube) == 9

    async def test_without_a_postgres_to_ask_it_is_refused(self, shop: Shop, cube: Serving) -> None:
        with shop.unfinished(order(60)):
            shop.run(order(50))
            with pytest.raises(ApiError, match="did not hold this write within") as refused:
                await holding(last_write(shop), cube, None, patience=IMPATIENT)

        assert refused.value.code is Code.BUSY

    async def test_a_token_of_another_epoch_is_refused(self, quiet: tuple[Shop, Serving]) -> None:
        _, cube = quiet

        with pytest.raises(ApiError, match="of another store, or from before this one was restored"):
            await holding(Position(2, 1).token, cube, None)

    async def test_a_token_of_no_write_yet_is_refused(self, quiet: tuple[Shop, Serving]) -> None:
        shop, cube = quiet
        following = Position(1, shop.value("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"))

        with Postgres(shop.url) as live:
            for ahead in (following, Position(1, 10**17)):
                with pytest.raises(ApiError, match="a write that there is not yet") as refused:
                    await holding(ahead.token, cube, live, patience=IMPATIENT)
                assert refused.value.code is Code.BAD_REQUEST

    async def test_without_a_token_nothing_is_waited_for(self, quiet: tuple[Shop, Serving]) -> None:
        _, cube = quiet

        assert await holding(None, cube, None) is cube


class TestPython:
    def test_in_process_the_write_is_waited_for(self, shop: Shop, cube: Serving) -> None:
        shop.run(order(50))

        found = Cube("sales", store=cube).at_least(last_write(shop)).aggregate("lines")

        assert found == {"lines": 8}

    def test_what_is_no_token_is_refused(self, quiet: tuple[Shop, Serving]) -> None:
        _, cube = quiet

        with pytest.raises(RequestError, match="no token of a write"):
            Cube("sales", store=cube).at_least("x")
        with pytest.raises(RequestError, match="a token of another store"):
            Cube("sales", store=cube).at_least(Position(2, 1).token)


class TestTokens:
    @pytest.mark.parametrize("given", [Position(1, 2), Position(999_999_999, 10**17)], ids=str)
    def test_they_are_read_as_they_were_told(self, given: Position) -> None:
        assert position(given.token) == given

    @pytest.mark.parametrize(
        "token", ["x", "1:2", "dzE6MTox!", "한국", "A" * 5000, "dzE6LTE6MQ", "\0", "dzI6MTox", "w1:1:1"]
    )
    def test_anything_else_is_refused(self, token: str) -> None:
        with pytest.raises(ApiError, match="at_least is no token of a write") as refused:
            position(token)

        assert refused.value.status == 400


class TestOverHttp:
    async def test_as_parameter_and_as_header(self, shop: Shop, cube: Serving, tmp_path: Path) -> None:
        reads = await read_pool(shop.url, size=2)
        key = signing_key(tmp_path / "key.pem")
        engine: Any = None  # nothing is written
        app = Starlette(routes=[*slicer_routes(), *graphql_routes()])
        app.state.backend = Backend(Settings(), Authenticator(key, reads), engine, reads, cube)
        bearer = issue(key, subject="ann", role="ANALYST", scope="ALL", branches=(), hours=1)
        url = "/slicer/cube/sales/aggregate?aggregates=lines"
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),
            base_url="http://127.0.0.1",
            headers={"Authorization": f"Bearer {bearer}"},
        ) as client:
            shop.run(order(50))
            by_parameter = await client.get(url, params={"aggregates": "lines", "at_least": last_write(shop)})
            shop.run(order(51))
            by_header = await client.get(url, headers={"X-Dangol-At-Least": last_write(shop)})
            bad = await client.get(url, headers={"X-Dangol-At-Least": "nonsense"})
            shop.run(order(52))
            by_graphql = await client.post(
                "/graphql", json={"query": LINES}, headers={"X-Dangol-At-Least": last_write(shop)}
            )
            bad_graphql = await client.post(
                "/graphql", json={"query": LINES}, headers={"X-Dangol-At-Least": "nonsense"}
            )
        await reads.close()

        assert by_parameter.json()["summary"] == {"lines": 8}
        assert by_header.json()["summary"] == {"lines": 9}
        assert (bad.status_code, bad.json()["error"]) == (400, "request")
        assert "extensions.token" in bad.json()["message"]
        assert by_graphql.json()["data"]["cube"]["aggregate"]["summary"] == [{"value": 10}]
        assert "extensions.token" in bad_graphql.json()["errors"][0]["message"]
