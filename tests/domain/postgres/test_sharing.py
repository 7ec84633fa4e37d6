"""Several programs and one server."""

import os
import threading
from pathlib import Path

import asyncpg
import pytest

from domain.postgres import PostgresError, discard, running
from tests.domain.postgres.programs import FAST, Programs, processes_in


class TestSharing:
    def test_two_programs_have_one_server_and_the_last_to_leave_stops_it(
        self, data_dir: Path, programs: Programs
    ) -> None:
        with running(data_dir, settings=FAST) as server:
            other, answer = programs.start()
        left_by_one = processes_in(server.data)
        other.communicate(timeout=60)

        assert answer["pid"] == server.pid
        assert answer["url"] == server.url()
        assert server.pid in left_by_one
        assert processes_in(server.data) == []
        assert not server.socket_dir.exists()

    @pytest.mark.usefixtures("nothing_made", "on_disk")
    def test_four_programs_that_start_at_once_on_nothing_get_one_server(
        self, data_dir: Path, programs: Programs
    ) -> None:
        started = [programs.start(wait=False)[0] for _ in range(4)]

        answers = [programs.answer(program) for program in started]

        assert [answer.get("error") for answer in answers] == [None] * 4
        assert len({answer["pid"] for answer in answers}) == 1
        programs.end()
        assert processes_in(Path(answers[0]["data"])) == []

    def test_programs_that_come_and_go_always_have_a_server(self, data_dir: Path) -> None:
        failures: list[Exception] = []

        def come_and_go() -> None:
            try:
                for _ in range(3):
                    with running(data_dir, settings=FAST) as server:
                        os.kill(server.pid, 0)
            except (PostgresError, OSError) as error:
                failures.append(error)

        threads = [threading.Thread(target=come_and_go) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert failures == []

    def test_a_fork_that_ends_does_not_stop_its_parents_server(self, data_dir: Path) -> None:
        use = running(data_dir, settings=FAST)
        server = use.__enter__()

        child = os.fork()
        if not child:
            use.__exit__(None, None, None)
            os._exit(0)
        os.waitpid(child, 0)
        with running(data_dir, settings=FAST) as again:
            pass
        still = processes_in(server.data)
        use.__exit__(None, None, None)

        assert again.pid == server.pid
        assert server.pid in still
        assert processes_in(server.data) == []


class TestOtherSettings:
    def test_a_second_program_with_other_settings_is_told_so(
        self, data_dir: Path, programs: Programs
    ) -> None:
        with running(data_dir, settings=FAST) as server:
            _, answer = programs.start({**FAST, "max_connections": "50"})
            still = processes_in(server.data)

        assert answer == {
            "error": f"the server in {server.data.parent} is in use with other settings "
            "(theirs / yours: max_connections: unset / 50); "
            "use the same settings or another data directory (DANGOL_DATA_DIR)"
        }
        assert server.pid in still

    def test_a_second_use_with_a_port_is_told_so(self, data_dir: Path, free_port: int) -> None:
        with (
            running(data_dir, settings=FAST),
            pytest.raises(PostgresError, match=f"port: None / {free_port}"),
            running(data_dir, settings=FAST, port=free_port),
        ):
            pass

    async def test_a_server_that_nobody_uses_is_restarted_with_the_new_settings(
        self, data_dir: Path, programs: Programs
    ) -> None:
        killed, answer = programs.start(FAST)
        killed.kill()
        killed.wait()

        with running(data_dir, settings={**FAST, "max_connections": "50"}) as server:
            connection = await asyncpg.connect(server.url())
            shown = await connection.fetchval("SHOW max_connections")
            await connection.close()

        assert server.pid != answer["pid"]
        assert shown == "50"


class TestDiscard:
    @pytest.mark.usefixtures("on_disk")
    def test_nothing_is_left(self, data_dir: Path) -> None:
        with running(data_dir, settings=FAST) as server:
            pass

        discard(data_dir)

        assert not server.data.parent.exists()
        assert list(data_dir.iterdir()) == []

    def test_a_server_in_use_is_kept(self, data_dir: Path) -> None:
        with running(data_dir, settings=FAST) as server:
            with pytest.raises(PostgresError, match="is in use; end its programs"):
                discard(data_dir)
            still = processes_in(server.data)

        assert server.pid in still
        assert server.data.exists()
