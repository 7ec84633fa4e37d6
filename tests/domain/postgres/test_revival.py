"""A server that dies while it is used comes back by itself, at the same address."""

import os
import signal
from pathlib import Path

import asyncpg
import psutil
import pytest
from structlog.testing import capture_logs

from domain.postgres import Server, kept_running
from domain.postgres import revival as module
from domain.postgres.liveness import postmaster
from domain.postgres.places import place_for
from domain.postgres.records import read_record
from tests.domain.postgres.programs import FAST, processes_in
from tests.domain.postgres.test_killed import wait_for


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.05)


def kill(server: Server) -> None:
    os.kill(server.pid, signal.SIGKILL)
    wait_for(lambda: not psutil.pid_exists(server.pid) or psutil.Process(server.pid).status() == "zombie")


def another_runs(data_dir: Path, before: Server) -> bool:
    place = place_for(data_dir)
    record = read_record(place)
    found = postmaster(place, record)
    return found is not None and record is not None and found.pid == record.pid != before.pid


class TestADeadServer:
    async def test_is_there_again_at_its_address_with_all_that_was_committed(self, data_dir: Path) -> None:
        with kept_running(data_dir, settings=FAST) as server:
            connection = await asyncpg.connect(server.url())
            await connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
            kill(server)
            connection.terminate()
            wait_for(lambda: another_runs(data_dir, server))

            again = await asyncpg.connect(server.url())
            found = await again.fetchval("SELECT one FROM kept")
            await again.close()

        assert found == 1
        assert processes_in(server.data) == []

    def test_stays_dead_once_nobody_uses_it(self, data_dir: Path) -> None:
        with kept_running(data_dir, settings=FAST) as server:
            pass

        assert processes_in(server.data) == []

    def test_that_cannot_start_is_tried_again_until_it_can(self, data_dir: Path) -> None:
        with kept_running(data_dir, settings=FAST) as server:
            version = server.data / "PG_VERSION"
            kept = version.read_bytes()
            version.write_text("9.6\n")
            with capture_logs() as told:
                kill(server)
                wait_for(lambda: "postgres_does_not_start" in [line["event"] for line in told])
            version.write_bytes(kept)

            wait_for(lambda: another_runs(data_dir, server))
