"""Opening the cube that the settings name."""

import time
from pathlib import Path

import httpx
import pytest

from api.app import application, opened
from api.settings import Settings
from api.tokens import issue, signing_key
from olap.browser import Browser
from olap.current import Current
from olap.engines.clickhouse.store import in_clickhouse, parted
from olap.engines.names import EngineName
from olap.errors import CubeError
from olap.opening import Place, open_cube, rebuild, verify
from olap.store import Store
from tests.olap.engines.stars import EMBEDDED
from tests.olap.store.shop import open_shop, order


class TestPlaces:
    def test_duckdb_has_a_copy_and_postgres_has_none(self, database: str, tmp_path: Path) -> None:
        file = tmp_path / "cube.duckdb"

        with open_shop(database):
            mart = open_cube(database, Place(file, EngineName.POSTGRES))
            mart.close()
            copied = file.exists()
            copy = open_cube(database, Place(file))
            copy.close()

        assert (type(mart), copied) == (Current, False)
        assert (type(copy), file.exists()) == (Store, True)

    def test_without_a_copy_there_is_nothing_to_build_or_to_compare(self, tmp_path: Path) -> None:
        place = Place(tmp_path / "none", EngineName.POSTGRES)

        for deed in (rebuild, verify):
            with pytest.raises(CubeError, match="there is no copy to build or to compare"):
                deed("postgresql:///none", place)

    def test_a_copy_in_clickhouse_follows_the_feed(self, database: str, tmp_path: Path) -> None:
        place = Place(tmp_path / "cube.clickhouse", EngineName.CLICKHOUSE, url=EMBEDDED)
        answers = []

        with open_shop(database) as shop, in_clickhouse(database, place.path, url=place.url) as cube:
            answers.append(Browser("sales", cube).aggregate(aggregates=["lines"]).summary)
            shop.run(order(50))
            written = shop.value("SELECT max(xid) FROM mart.changes")
            end = time.monotonic() + 30
            while cube.freshness().watermark <= written and time.monotonic() < end:
                time.sleep(0.05)
            answers.append(Browser("sales", cube).aggregate(aggregates=["lines"]).summary)
            asked = verify(database, place)
            again = rebuild(database, place)

        assert answers == [{"lines": 7}, {"lines": 8}]
        assert (asked.differences, asked.rows["sales"], again.rows["sales"]) == ((), 8, 8)

    @pytest.mark.parametrize(
        ("url", "server", "name"),
        [
            ("clickhouse://kim:pw@host:8443/crm", "clickhouse://kim:pw@host:8443", "crm"),
            ("clickhouse://host", "clickhouse://host", "dangol"),
        ],
    )
    def test_the_path_of_an_address_is_the_cubes_name(self, url: str, server: str, name: str) -> None:
        assert parted(url) == (server, name)

    def test_a_name_that_is_none_is_refused(self) -> None:
        with pytest.raises(CubeError, match="must be letters, digits and underscores"):
            parted("clickhouse://host/a;b")


class TestServing:
    async def test_a_write_is_in_the_next_answer_over_http(self, database: str, tmp_path: Path) -> None:
        settings = Settings(data_dir=tmp_path, database_url=database, cube_engine=EngineName.POSTGRES)
        token = issue(
            signing_key(settings.key_path), subject="ann", role="ANALYST", scope="ALL", branches=(), hours=1
        )
        answers = []

        with open_shop(database) as shop:
            made = application(settings)
            async with opened(settings) as backend:
                made.state.backend = backend
                asking = httpx.AsyncClient(
                    transport=httpx.ASGITransport(app=made), base_url="http://127.0.0.1"
                )
                async with asking as client:
                    for number in (50, 51):
                        told = {"Authorization": f"Bearer {token}"}
                        answer = await client.get(
                            "/slicer/cube/sales/aggregate?aggregates=lines", headers=told
                        )
                        answers.append(
                            (answer.status_code, answer.json()["summary"], "ETag" in answer.headers)
                        )
                        shop.run(order(number))

        assert answers == [(200, {"lines": 7}, False), (200, {"lines": 8}, False)]
        assert not (tmp_path / "cube.duckdb").exists()
