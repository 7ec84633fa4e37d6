"""A process that is killed while it refreshes, at whatever moment, leaves a cube that goes on without a loss."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from olap.owner.deeds import rebuild, verify
from olap.store import open_store
from tests.olap.store.shop import Shop, order

ROUNDS = 6


Process = subprocess.Popen[str]


@pytest.fixture(scope="module")
def forking() -> Iterator[Process]:
    """The process that forks those to be killed."""
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.olap.refresh.following"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    yield started
    started.communicate()


@contextmanager
def following(forking: Process, shop: Shop, path: Path, *more: str) -> Iterator[None]:
    """A process refreshes the cube without a rest, killed at the end."""
    tell(forking, json.dumps([shop.url, str(path), *more]))
    pid = int(said(forking))
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        tell(forking, "")
        while (line := said(forking)) != "ended":
            assert line


def tell(to: Process, line: str) -> None:
    assert to.stdin is not None
    to.stdin.write(f"{line}\n")
    to.stdin.flush()


def said(by: Process) -> str:
    """The next line, which proves that the process is at work."""
    assert by.stdout is not None
    return by.stdout.readline().strip()


def trade(shop: Shop, round_: int) -> None:
    """Orders come, change and go, and their customers move."""
    first = 1000 * (round_ + 1)
    for number in range(first, first + 5):
        shop.run(order(number, customer=1 + number % 3, at="2030-01-01 00:00+00"))
        shop.run(f"UPDATE customers SET district = 'district {number}' WHERE id = {1 + number % 3}")
        shop.run(f"UPDATE order_lines SET quantity = {number} WHERE order_id = {number - 1}")
    shop.run(f"DELETE FROM orders WHERE id = {first}")


class TestKilled:
    def test_at_any_moment_every_cell_equals_postgres_afterwards(
        self, forking: Process, shop: Shop, closed: Path
    ) -> None:
        for round_ in range(ROUNDS):
            with following(forking, shop, closed):
                assert said(forking).isdigit()
                trade(shop, round_)
                time.sleep(random.uniform(0, 0.05))

        report = verify(shop.url, closed)

        assert report.differences == ()
        assert report.rows["sales"] == 7 + 4 * ROUNDS

    def test_between_writing_and_committing_nothing_is_written(
        self, forking: Process, shop: Shop, closed: Path
    ) -> None:
        shop.run(order(50))
        with following(forking, shop, closed, "pause"):
            assert said(forking) == "written"

        with open_store(shop.url, closed) as store:
            report = store.verify()

        assert report.differences == ()
        assert report.rows["sales"] == 8

    def test_a_rebuild_afterwards_gives_the_same(self, forking: Process, shop: Shop, closed: Path) -> None:
        with following(forking, shop, closed):
            assert said(forking).isdigit()
            trade(shop, 0)
        refreshed = verify(shop.url, closed)

        rebuilt = rebuild(shop.url, closed)

        assert refreshed.differences == ()
        assert rebuilt.rows == refreshed.rows
        assert verify(shop.url, closed).differences == ()
