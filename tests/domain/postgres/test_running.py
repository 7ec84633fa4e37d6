"""One program and its server."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import adbc_driver_postgresql.dbapi
import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from domain.postgres import Server, discard, find_binaries, running
from domain.postgres.programs import run
from tests.conftest import give_place_to_server
from tests.domain.postgres.conftest import in_memory
from tests.domain.postgres.programs import FAST, processes_in


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(scope="module")
def shared() -> Iterator[Server]:
    """One server with nothing but our defaults, for the tests that only look at it."""
    with in_memory() as data_dir, running(data_dir) as server:
        yield server


class TestAServer:
    async def test_asyncpg_sqlalchemy_and_adbc_reach_it_by_its_address(self, shared: Server) -> None:
        connection = await asyncpg.connect(shared.url())
        by_asyncpg = await connection.fetchval("SELECT current_user || '@' || current_database()")
        await connection.close()
        engine = create_async_engine(shared.url().replace("postgresql://", "postgresql+asyncpg://"))
        async with engine.connect() as session:
            by_sqlalchemy = (await session.execute(text("SELECT current_database()"))).scalar_one()
        await engine.dispose()
        with (
            adbc_driver_postgresql.dbapi.connect(shared.url("postgres")) as adbc,
            adbc.cursor() as cursor,
        ):
            cursor.execute("SELECT current_database()")
            by_adbc = cursor.fetchone()

        assert by_asyncpg == "dangol@dangol"
        assert by_sqlalchemy == "dangol"
        assert by_adbc == ("postgres",)

    async def test_it_says_which_version_runs_where(self, shared: Server) -> None:
        connection = await asyncpg.connect(shared.url())
        number = await connection.fetchval("SELECT current_setting('server_version_num')::int")
        where = await connection.fetchval("SHOW data_directory")
        await connection.close()

        assert divmod(number, 10_000) == shared.version
        assert shared.version[0] == 18
        assert where == str(shared.data)

    async def test_what_was_written_is_there_after_a_restart(self, data_dir: Path) -> None:
        with running(data_dir, settings=FAST) as server:
            connection = await asyncpg.connect(server.url())
            await connection.execute("CREATE TABLE kept AS SELECT '단골' AS word")
            await connection.close()

        with running(data_dir, settings=FAST) as server:
            connection = await asyncpg.connect(server.url())
            word = await connection.fetchval("SELECT word FROM kept")
            await connection.close()

        assert word == "단골"

    async def test_nothing_is_given_up_for_speed_by_default(self, shared: Server) -> None:
        connection = await asyncpg.connect(shared.url())
        shown = {
            name: await connection.fetchval(f"SHOW {name}")
            for name in (
                *("fsync", "full_page_writes", "synchronous_commit", "data_checksums"),
                *("timezone", "max_connections", "max_wal_size", "wal_compression", "server_encoding"),
            )
        }
        await connection.close()

        assert shown == {
            "fsync": "on",
            "full_page_writes": "on",
            "synchronous_commit": "on",
            "data_checksums": "on",
            "timezone": "UTC",
            "max_connections": "100",
            "max_wal_size": "4GB",
            "wal_compression": "pglz",
            "server_encoding": "UTF8",
        }

    async def test_settings_go_over_the_defaults(self, data_dir: Path) -> None:
        odd = 'it\'s $HOME "quoted"'

        with running(data_dir, settings={**FAST, "max_connections": "17", "dangol.note": odd}) as server:
            connection = await asyncpg.connect(server.url())
            shown = (
                await connection.fetchval("SHOW max_connections"),
                await connection.fetchval("SHOW dangol.note"),
            )
            await connection.close()

        assert shown == ("17", odd)

    async def test_case_and_order_are_the_same_on_every_system(self, shared: Server) -> None:
        connection = await asyncpg.connect(shared.url())
        provider = await connection.fetchval(
            "SELECT datlocprovider::text || ' ' || datlocale FROM pg_database WHERE datname = 'dangol'"
        )
        lowered = await connection.fetchval("SELECT lower('ÄÖÜ') || upper('éß')")
        await connection.close()

        assert provider == "b C.UTF-8"
        assert lowered == "äöüÉß"

    async def test_text_search_parts_words_at_korean_punctuation(self, shared: Server) -> None:
        connection = await asyncpg.connect(shared.url())
        words = await connection.fetchval(
            "SELECT array_agg(lexeme ORDER BY positions) FROM unnest(to_tsvector('simple', '단골·고객，서울'))"
        )
        await connection.close()

        assert words == ["단골", "고객", "서울"]

    async def test_with_a_port_it_listens_on_loopback_too(self, data_dir: Path, free_port: int) -> None:
        with running(data_dir, settings=FAST, port=free_port) as server:
            by_socket = await asyncpg.connect(server.url())
            heard = await by_socket.fetchval("SHOW listen_addresses")
            by_tcp = await asyncpg.connect(
                host="127.0.0.1", port=free_port, user="dangol", password=server.password, database="dangol"
            )
            answer = await by_tcp.fetchval("SELECT 1")
            await by_tcp.close()
            await by_socket.close()

        assert heard == "127.0.0.1"
        assert answer == 1

    async def test_without_a_port_it_listens_on_the_socket_alone(self, shared: Server) -> None:
        connection = await asyncpg.connect(shared.url())
        heard = await connection.fetchval("SHOW listen_addresses")
        await connection.close()

        assert heard == ""

    @pytest.mark.parametrize("name", ["단골 가게", "a,b & $(false) 'c' %41", "x" * 200])
    async def test_any_path_of_a_data_directory_will_do(self, name: str, empty: Path) -> None:
        below = empty / name
        below.mkdir()
        give_place_to_server(below)

        try:
            with running(below, settings=FAST) as server:
                connection = await asyncpg.connect(server.url())
                answer = await connection.fetchval("SELECT 1")
                await connection.close()
        finally:
            discard(below)

        assert answer == 1
        assert below in server.data.parents
        assert len(os.fsencode(server.socket_dir / f".s.PGSQL.{server.port}")) < 107


class TestLeaving:
    @pytest.mark.usefixtures("nothing_made")
    def test_no_process_and_no_socket_is_left(self, data_dir: Path) -> None:
        with running(data_dir, settings=FAST) as server:
            alive = processes_in(server.data)

        assert server.pid in alive
        assert processes_in(server.data) == []
        assert not server.socket_dir.exists()
        assert not (server.data / "postmaster.pid").exists()

    def test_an_exception_stops_it_too_and_comes_through(self, data_dir: Path) -> None:
        with (
            pytest.raises(ZeroDivisionError),
            running(data_dir, settings=FAST) as server,
        ):
            _ = 1 / 0

        assert processes_in(server.data) == []

    async def test_open_sessions_do_not_hold_it_up(self, data_dir: Path) -> None:
        with running(data_dir, settings=FAST) as server:
            connection = await asyncpg.connect(server.url())
            await connection.execute("BEGIN")

        assert processes_in(server.data) == []
        connection.terminate()

    def test_the_address_stays_the_same_after_a_restart(self, data_dir: Path) -> None:
        with running(data_dir, settings=FAST) as first:
            pass
        with running(data_dir, settings=FAST) as second:
            pass

        assert second.url() == first.url()
        assert second.pid != first.pid


class TestWhoGetsIn:
    @pytest.mark.usefixtures("nothing_made")
    def test_files_and_directories_are_closed_to_others(self, data_dir: Path) -> None:
        with running(data_dir, settings=FAST) as server:
            home = server.data.parent
            modes = {path.name: mode(path) for path in home.iterdir()}
            socket_dir, socket = mode(server.socket_dir), mode(server.socket_dir / ".s.PGSQL.5432")

        assert modes == {
            "data": 0o700,
            "password": 0o600,
            "server.json": 0o600,
            "start.log": 0o600,
            "users.lock": 0o600,
            "change.lock": 0o600,
        }
        assert (socket_dir, socket) == (0o700, 0o700)

    async def test_nobody_logs_in_without_the_password(self, shared: Server) -> None:
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(shared.url().replace(shared.password, "wrong"))
        asked = run(
            *(find_binaries() / "psql", "-X", "-w", "-h", str(shared.socket_dir)),
            *("-U", "dangol", "-c", "SELECT 1"),
        )

        assert "no password supplied" in asked.said

    def test_the_password_is_not_shown_by_accident(self, shared: Server) -> None:
        shown = repr(shared)

        assert shared.password not in shown

    def test_it_has_a_session_of_its_own_so_that_ctrl_c_does_not_reach_it(self, shared: Server) -> None:
        session, group = os.getsid(shared.pid), os.getpgid(shared.pid)

        assert session != os.getsid(0)
        assert group != os.getpgid(0)


class TestTheLog:
    async def test_values_of_failed_statements_are_not_written_down(self, data_dir: Path) -> None:
        with running(data_dir, settings=FAST) as server:
            connection = await asyncpg.connect(server.url())
            with pytest.raises(asyncpg.DataError):
                await connection.fetchval("SELECT '010-1234-5678'::int")
            await connection.close()

        # Only now, for the server writes its log a little later than it answers.
        logs = "".join(log.read_text() for log in (server.data / "log").iterdir())
        assert "ready to accept connections" in logs
        assert "010-1234-5678" not in logs

    def test_files_of_earlier_weeks_are_gone_after_a_start(self, data_dir: Path) -> None:
        with running(data_dir, settings=FAST) as server:
            directory = server.data / "log"
        old, recent = directory / "postgresql-Old.log", directory / "postgresql-Recent.log"
        for log, days in ((old, 7), (recent, 5)):
            log.touch()
            os.utime(log, (log.stat().st_mtime - days * 86_400,) * 2)

        with running(data_dir, settings=FAST):
            left = [log.exists() for log in (old, recent)]

        assert left == [False, True]
