"""An import killed at any moment: what it had committed is whole, and running it again completes it."""

import asyncio
import multiprocessing
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import asyncpg
import pytest

from api.importing.run import run_import
from domain.intake.counts import Counts
from domain.postgres import Server
from tests.api.importing import importer
from tests.api.importing.conftest import SALES
from tests.conftest import copied

ORDERS, LINES_EACH, RANGE = 4_000, 10, 5_000

HALF = """
    SELECT count(*) FROM (SELECT o.id FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id GROUP BY o.id
                          HAVING count(l.id) <> 10 OR sum(l.unit_price) <> 45) AS half
"""


def write(path: Path) -> None:
    """Orders of ten lines each, which lie all over the file; the prices of one order add up to 45."""
    with path.open("w", encoding="utf-8") as file:
        file.write("order,time,quantity,price,customer,country,product,title\n")
        for line in range(LINES_EACH):
            for number in range(ORDERS):
                customer, product = number % 500, (number + line) % 300
                file.write(f"{number},2026-03-01,1,{line},C{customer},Korea,P{product},Product {product}\n")


@pytest.fixture
def database(server: Server, admin: Callable[[str], None], template: str) -> Iterator[str]:
    """The URL of a database of the test's own: what was killed may still be ending."""
    with copied(server, admin, template) as url:
        yield url


@contextmanager
def started(database: str, mapping: Path, path: Path) -> Iterator[TextIO]:
    """What an import in a process of its own tells; it is killed in the end, and was forked from one that had loaded
    what an import needs.
    """
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload([importer.__name__])
    ours, its = forks.Pipe(duplex=False)
    process = forks.Process(
        target=importer.told_to, args=(its, RANGE, database, str(mapping), str(path)), daemon=True
    )
    process.start()
    its.close()
    with ours, os.fdopen(os.dup(ours.fileno()), encoding="utf-8") as lines:
        try:
            yield lines
        finally:
            process.kill()
            process.join()


def wait_for(start: str, lines: TextIO) -> None:
    """A line that starts so has come, or the last one."""
    for line in lines:
        if line.startswith(start):
            return


@pytest.mark.slow
class TestKilled:
    async def test_running_again_completes_what_was_killed(self, database: str, tmp_path: Path) -> None:
        mapping, path = tmp_path / "m.toml", tmp_path / "sales.csv"
        mapping.write_text(SALES, encoding="utf-8")
        write(path)
        chance = random.Random(7)
        connection = await asyncpg.connect(database)
        kept = []

        for moment in ("reading", "merging customers", "merging orders", "merging orders", "merging orders"):
            with started(database, mapping, path) as lines:
                await asyncio.to_thread(wait_for, moment, lines)
                await asyncio.sleep(chance.uniform(0, 0.2))
            kept.append(await connection.fetchval("SELECT count(*) FROM orders"))
            assert await connection.fetchval(HALF) == 0

        report = await run_import(database, mapping, [path])
        again = await run_import(database, mapping, [path])

        assert 0 < max(kept) < ORDERS
        assert kept == sorted(kept)
        assert (report.orders.created + report.orders.unchanged, report.orders.updated) == (ORDERS, 0)
        assert (again.orders, again.events) == (Counts(unchanged=ORDERS), 0)
        assert await connection.fetchval("SELECT count(*) FROM order_lines") == ORDERS * LINES_EACH
        assert await connection.fetchval(HALF) == 0
        # Customers change once more, when the import ends: they reach a stage of the lifecycle.
        assert await connection.fetchval(
            "SELECT count(*) FROM change WHERE operation = 'CREATED' OR version <> 1 AND aggregate <> 'customer'"
        ) == (ORDERS + 500 + 300)
        assert await connection.fetchval("SELECT max(version) FROM customers") == 2
        await connection.close()
