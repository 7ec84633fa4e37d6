"""The mapping files in examples/ are right, and do their files."""

from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from api.importing.load import load_mapping
from api.importing.run import run_import
from domain.intake.counts import Counts
from domain.postgres import Server
from tests.conftest import copied

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


@pytest.fixture
def database(server: Server, admin: Callable[[str], None], template: str) -> Iterator[str]:
    """The URL of a database of the test's own: to drop many rows takes no time, to delete them does."""
    with copied(server, admin, template) as url:
        yield url


class TestExamples:
    @pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.toml")))
    def test_each_is_a_right_mapping(self, name: str) -> None:
        assert load_mapping(EXAMPLES / name).system

    @pytest.mark.slow
    async def test_cdnow_gives_its_customers_and_amounts(self, database: str, shared_data: Path) -> None:
        file = shared_data / "cdnow" / "cdnow_master.csv.gz"

        report = await run_import(database, EXAMPLES / "cdnow.toml", [file])

        assert (report.rows_taken, report.rows_rejected) == (69_659, 0)
        assert report.customers == Counts(created=23_570)
        connection = await asyncpg.connect(database)
        revenue = await connection.fetchval("SELECT sum(net_revenue)::text FROM order_lines")
        await connection.close()
        assert revenue == "2500315.6300"

    @pytest.mark.slow
    async def test_complete_journey_gives_its_product_tree(self, database: str, shared_data: Path) -> None:
        file = shared_data / "complete_journey" / "products.csv.gz"
        mapping = EXAMPLES / "complete_journey_products.toml"

        first = await run_import(database, mapping, [file])
        again = await run_import(database, mapping, [file])

        assert (first.products, again.products) == (Counts(created=92_331), Counts(unchanged=92_331))
        assert again.events == 0
