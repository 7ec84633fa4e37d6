"""What a killed program, a killed server or a reused pid leaves behind."""

import asyncio
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import asyncpg
import psutil
import pytest

from domain.postgres import PostgresError, Server, discard, find_binaries, liveness, running
from domain.postgres.liveness import postmaster
from domain.postgres.places import place_for
from domain.postgres.records import read_record
from tests.domain.postgres.programs import FAST, Programs, processes_in


@contextmanager
def program(*command: str, user: int | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A program that is killed at the end of the block."""
    started = subprocess.Popen(command, stdout=subprocess.DEVNULL, user=user, cwd="/")
    try:
        yield started
    finally:
        started.kill()
        started.wait()


def wait_for(condition: Callable[[], object]) -> None:
    """Return once it is true; fail if it is not within 20 s."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def shared_memory(pid: int) -> set[Path]:
    """The segments in /dev/shm that the server has open."""
    return {Path(each.path) for each in psutil.Process(pid).memory_maps() if "/PostgreSQL." in each.path}


def pretend_server_was(pid: int, server: Server) -> None:
    """Leave the pid file of a killed server whose pid was `pid`, as after a reboot."""
    (server.data / "postmaster.pid").write_text(
        f"{pid}\n{server.data}\n{int(time.time())}\n5432\n{server.socket_dir}\n\n  5432001  98304\nready\n"
    )


def initdb_has_begun(home: Path, before: set[Path]) -> bool:
    return bool(set(home.glob("new-*")) - before) or (home / "data").exists()


class TestAKilledProgram:
    def test_its_server_is_taken_over_and_stopped(self, data_dir: Path, programs: Programs) -> None:
        killed, answer = programs.start()
        killed.kill()
        killed.wait()
        left = processes_in(Path(answer["data"]))

        with running(data_dir, settings=FAST) as server:
            pass

        assert server.pid == answer["pid"]
        assert server.pid in left
        assert processes_in(server.data) == []

    def test_its_output_ends_although_the_server_lives_on(self, data_dir: Path, programs: Programs) -> None:
        killed, _ = programs.start()
        killed.kill()

        rest, _ = killed.communicate(timeout=30)

        assert rest == ""

    @pytest.mark.usefixtures("nothing_made", "on_disk")
    def test_killed_at_any_moment_of_its_first_start_it_leaves_something_usable(
        self, data_dir: Path, programs: Programs
    ) -> None:
        home = place_for(data_dir).home
        for milliseconds in (0, 50, 100, 200, 300, 400, 600):
            before = set(home.glob("new-*"))
            killed, _ = programs.start(wait=False)
            wait_for(partial(initdb_has_begun, home, before))
            time.sleep(milliseconds / 1000)
            killed.kill()
            killed.wait()

        with running(data_dir, settings=FAST) as server:
            alive = processes_in(server.data)

        assert server.pid in alive
        assert processes_in(server.data) == []
        assert list(server.data.parent.glob("new-*")) == []


class TestAKilledServer:
    async def test_entering_again_revives_it_at_the_same_address_with_all_that_was_committed(
        self, data_dir: Path
    ) -> None:
        with running(data_dir) as server:
            connection = await asyncpg.connect(server.url())
            await connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
            os.kill(server.pid, signal.SIGKILL)
            with running(data_dir) as revived:
                fresh = await asyncpg.connect(server.url())
                count = await fresh.fetchval("SELECT count(*) FROM kept")
                await fresh.close()
            connection.terminate()
            still = processes_in(server.data)

        assert count == 1000
        assert revived.url() == server.url()
        assert revived.pid != server.pid
        assert revived.pid in still
        assert processes_in(server.data) == []

    def test_leaving_after_it_was_killed_is_no_error(self, data_dir: Path) -> None:
        with running(data_dir, settings=FAST) as server:
            os.kill(server.pid, signal.SIGKILL)

        assert not server.socket_dir.exists()

    def test_discarding_its_data_leaves_none_of_its_shared_memory(self, data_dir: Path) -> None:
        with running(data_dir, settings=FAST) as server:
            segments = shared_memory(server.pid)
            os.kill(server.pid, signal.SIGKILL)

        discard(data_dir)

        assert segments
        assert [segment for segment in segments if segment.exists()] == []

    def test_a_deleted_socket_is_made_anew_once_nobody_uses_the_server(self, data_dir: Path) -> None:
        with running(data_dir, settings=FAST) as server:
            shutil.rmtree(server.socket_dir)
            with pytest.raises(PostgresError, match="was deleted; end all programs that use this server"):
                running(data_dir, settings=FAST).__enter__()
            place, record = place_for(data_dir), read_record(place_for(data_dir))
        with running(data_dir, settings=FAST) as again:
            reachable = again.socket_dir.is_dir()

        assert record is not None
        assert postmaster(place, record) is None
        assert reachable

    async def test_a_session_that_goes_on_computing_is_ended_before_the_next_start(
        self, data_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(liveness, "PATIENCE", 0.2)  # it never leaves by itself, however long it is given
        with running(data_dir, settings=FAST) as server:
            busy = await asyncpg.connect(server.url())
            worker = busy.get_server_pid()
            compute = "DO $$ DECLARE n bigint := 0; BEGIN LOOP n := n + 1; END LOOP; END $$"
            task = asyncio.create_task(busy.execute(compute))
            await wait_until_active(server, worker)
            os.kill(server.pid, signal.SIGKILL)
            with running(data_dir, settings=FAST):
                ended = not psutil.pid_exists(worker) or is_zombie(worker)
            with pytest.raises((asyncpg.PostgresError, OSError)):
                await task

        assert ended


async def wait_until_active(server: Server, worker: int) -> None:
    watching = await asyncpg.connect(server.url())
    query = "SELECT state = 'active' AND query LIKE 'DO %' FROM pg_stat_activity WHERE pid = $1"
    while not await watching.fetchval(query, worker):  # noqa: ASYNC110 - the event is in another program
        await asyncio.sleep(0.01)
    watching.terminate()


def is_zombie(pid: int) -> bool:
    return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)


class TestAPidThatIsNoServer:
    def test_our_own_zombie_is_reaped(self, data_dir: Path) -> None:
        with running(data_dir, settings=FAST) as first:
            pass
        with program(str(find_binaries() / "postgres"), "--version") as zombie:
            wait_for(lambda: is_zombie(zombie.pid))
            pretend_server_was(zombie.pid, first)

            with running(data_dir, settings=FAST) as server:
                reaped = not psutil.pid_exists(zombie.pid)

        assert server.pid != zombie.pid
        assert reaped

    def test_a_zombie_that_nobody_reaps_does_not_keep_the_next_server_from_starting(
        self, data_dir: Path
    ) -> None:
        with running(data_dir, settings=FAST) as first:
            pass
        command = f"{find_binaries() / 'postgres'} --version & exec sleep 60"
        with program("sh", "-c", command) as parent:
            children = psutil.Process(parent.pid).children
            wait_for(lambda: any(is_zombie(child.pid) for child in children()))
            (zombie,) = [child.pid for child in children()]
            pretend_server_was(zombie, first)

            with running(data_dir, settings=FAST) as server:
                alive = processes_in(server.data)

        assert server.pid in alive

    def test_a_stranger_with_the_same_pid_is_neither_a_server_nor_harmed(self, data_dir: Path) -> None:
        with running(data_dir, settings=FAST) as first:
            pass
        # As the server's user: only such a one PostgreSQL takes for the server.
        with program("sleep", "60", user=first.data.stat().st_uid) as stranger:
            pretend_server_was(stranger.pid, first)

            with running(data_dir, settings=FAST) as server:
                pass
            untouched = stranger.poll() is None

        assert server.pid != stranger.pid
        assert untouched

    def test_a_server_born_at_another_time_is_not_the_recorded_one(self, data_dir: Path) -> None:
        with running(data_dir, settings=FAST):
            place = place_for(data_dir)
            record = read_record(place)
            assert record is not None
            found = postmaster(place, record)
            other = postmaster(place, replace(record, born=record.born - 60))

        assert found is not None
        assert other is None
