"""The same with the programs of a Debian package: an older version, without the builtin locale provider."""

import os
import signal
from pathlib import Path

import asyncpg
import pytest

from domain.postgres import PostgresError, discard, running
from tests.domain.postgres.programs import FAST, processes_in

DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")

pytestmark = [
    pytest.mark.skipif(not DEBIAN_15.is_dir(), reason=f"no PostgreSQL 15 in {DEBIAN_15}"),
    pytest.mark.usefixtures("nothing_made"),
]


class TestDebians15:
    async def test_it_is_made_started_and_stopped(self, data_dir: Path) -> None:
        with running(data_dir, settings=FAST, binaries=DEBIAN_15) as server:
            connection = await asyncpg.connect(server.url())
            number = await connection.fetchval("SELECT current_setting('server_version_num')::int")
            locale = await connection.fetchval("SELECT datcollate FROM pg_database WHERE datname = 'dangol'")
            lowered = await connection.fetchval("SELECT lower('ÄÖÜ')")
            await connection.close()

        assert server.version == divmod(number, 10_000)
        assert server.version[0] == 15
        assert (locale, lowered) == ("C.UTF-8", "äöü")
        assert processes_in(server.data) == []

    async def test_it_is_revived_after_a_kill(self, data_dir: Path) -> None:
        with running(data_dir, settings=FAST, binaries=DEBIAN_15) as server:
            os.kill(server.pid, signal.SIGKILL)
            with running(data_dir, settings=FAST, binaries=DEBIAN_15) as revived:
                connection = await asyncpg.connect(server.url())
                answer = await connection.fetchval("SELECT 1")
                await connection.close()

        assert answer == 1
        assert revived.pid != server.pid

    def test_its_data_is_not_opened_by_18(self, data_dir: Path) -> None:
        with running(data_dir, settings=FAST, binaries=DEBIAN_15):
            pass

        with (
            pytest.raises(PostgresError, match="was made by PostgreSQL 15"),
            running(data_dir, settings=FAST),
        ):
            pass

        discard(data_dir, binaries=DEBIAN_15)
