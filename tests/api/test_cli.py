"""The command line as a person uses it: real processes, a data directory of the test's own."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.postgres import discard
from migrations.command import downgrade
from migrations.newest import head
from olap import mart
from tests.api.forked import LIBRARIES, Command, starter

DANGOL = Path(sys.executable).with_name("dangol")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """A data directory of which nothing is left: for root the embedded Postgres lies outside it."""
    made = tmp_path / "data"
    yield made
    discard(made)


def environment(data_dir: Path, **given: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DANGOL_")}
    return kept | {"DANGOL_DATA_DIR": str(data_dir), "NO_COLOR": "1", "COLUMNS": "120"} | given


def dangol(*arguments: str, data_dir: Path, **given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [DANGOL, *arguments],
        env=environment(data_dir, **given),
        cwd=ROOT / "examples",
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def forked(*arguments: str, data_dir: Path, **given: str) -> subprocess.CompletedProcess[str]:
    """The same, forked from a process that has loaded the libraries already."""
    return starter(*LIBRARIES).run(
        *arguments, environment=environment(data_dir, **given), folder=ROOT / "examples"
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(port: int, path: str, token: str | None = None) -> tuple[int, Any]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  loopback
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def wait_until_ready(started: subprocess.Popen[str] | Command, port: int) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        assert started.poll() is None, started.communicate()[0]
        try:
            if get(port, "/readyz")[0] == 200:
                return
        except (OSError, ValueError):
            time.sleep(0.05)
    raise AssertionError("not ready within 120 s")


class TestHelp:
    def test_it_names_every_command(self, data_dir: Path) -> None:
        shown = dangol("--help", data_dir=data_dir)

        assert shown.returncode == 0
        for command in ("serve", "demo", "import", "migrate", "token", "cube", "schema"):
            assert f" {command} " in shown.stdout

    @pytest.mark.parametrize(
        "command",
        [["serve"], ["demo"], ["import"], ["migrate"], ["token"], ["cube", "rebuild"], ["cube", "verify"]],
    )
    def test_every_command_says_what_it_does(self, data_dir: Path, command: list[str]) -> None:
        shown = forked(*command, "--help", data_dir=data_dir)

        assert shown.returncode == 0
        assert len(shown.stdout.splitlines()) > 5

    def test_the_version_is_told(self, data_dir: Path) -> None:
        shown = dangol("--version", data_dir=data_dir)

        assert shown.stdout == f"dangol {version('dangol')}\n"

    def test_an_unknown_command_is_a_usage_error(self, data_dir: Path) -> None:
        refused = forked("fly", data_dir=data_dir)

        assert refused.returncode == 2
        assert "No such command 'fly'" in refused.stderr


class TestRefusals:
    def test_an_unknown_setting_stops_the_start_in_one_line(self, data_dir: Path) -> None:
        refused = forked("serve", data_dir=data_dir, DANGOL_PROT="1")

        assert refused.returncode == 1
        assert refused.stderr.startswith("dangol: unknown setting DANGOL_PROT in the environment; known: ")
        assert len(refused.stderr.splitlines()) == 1

    def test_a_port_in_use(self, data_dir: Path) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]

            refused = forked("serve", "--port", str(port), data_dir=data_dir)

        assert refused.returncode == 1
        assert refused.stderr == (
            f"dangol: cannot serve on 127.0.0.1:{port}: Address already in use; "
            "choose another with --port or DANGOL_PORT\n"
        )

    def test_a_postgres_that_is_not_there(self, data_dir: Path) -> None:
        url = f"postgresql://kim:secret@127.0.0.1:{free_port()}/crm"

        refused = forked("migrate", data_dir=data_dir, DANGOL_DATABASE_URL=url)

        assert refused.returncode == 1
        assert "dangol: no Postgres answers at postgresql://kim:***@127.0.0.1" in refused.stderr
        assert "secret" not in refused.stderr

    def test_a_database_that_is_not_there(self, data_dir: Path, database: str) -> None:
        refused = forked("migrate", data_dir=data_dir, DANGOL_DATABASE_URL=database.replace("/test_", "/no_"))

        assert refused.returncode == 1
        assert "refuses us" in refused.stderr
        assert "does not exist" in refused.stderr

    def test_a_store_of_ones_own_that_was_never_migrated(
        self, data_dir: Path, server: Any, admin: Any
    ) -> None:
        admin("CREATE DATABASE bare")

        refused = forked(
            "serve", "--port", str(free_port()), data_dir=data_dir, DANGOL_DATABASE_URL=server.url("bare")
        )

        assert refused.returncode == 1
        assert (
            f"the store stands at nothing, this version needs {head()}: run dangol migrate" in refused.stderr
        )

    @pytest.mark.parametrize("command", [("serve",), ("cube", "serve")], ids=" ".join)
    def test_a_store_of_ones_own_that_is_a_version_behind(
        self, data_dir: Path, database: str, command: tuple[str, ...]
    ) -> None:
        downgrade(database, "-1")

        refused = forked(*command, data_dir=data_dir, DANGOL_DATABASE_URL=database)

        assert refused.returncode == 1
        assert refused.stderr.startswith("dangol: the store stands at ")
        assert refused.stderr.endswith(f", this version needs {head()}: run dangol migrate first\n")
        assert refused.stderr.count("\n") == 1

    async def test_views_of_another_version_over_the_same_tables(
        self, data_dir: Path, database: str, engine: AsyncEngine
    ) -> None:
        async with engine.begin() as connection:
            await connection.execute(text("COMMENT ON SCHEMA mart IS 'those of another version'"))

        refused = await asyncio.to_thread(
            forked, "serve", "--port", str(free_port()), data_dir=data_dir, DANGOL_DATABASE_URL=database
        )
        migrated = await asyncio.to_thread(forked, "migrate", data_dir=data_dir, DANGOL_DATABASE_URL=database)

        assert refused.returncode == 1
        assert refused.stderr == (
            "dangol: the views that the cube reads are those of another version: run dangol migrate first\n"
        )
        assert migrated.stdout == f"The store stands at {head()}.\n"
        async with engine.connect() as connection:
            assert await connection.run_sync(mart.stands)

    @pytest.mark.parametrize("command", ["serve", "migrate"])
    async def test_a_store_that_a_newer_version_has_migrated(
        self, data_dir: Path, database: str, engine: AsyncEngine, command: str
    ) -> None:
        async with engine.begin() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '2099_01_01_01'"))

        refused = await asyncio.to_thread(forked, command, data_dir=data_dir, DANGOL_DATABASE_URL=database)

        assert refused.returncode == 1
        assert refused.stderr == (
            "dangol: the store stands at 2099_01_01_01, which this version does not know (its newest is "
            f"{head()}): it was migrated by a newer one; start that, or restore a backup from before\n"
        )

    def test_a_data_directory_that_cannot_be_made(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")

        refused = forked("migrate", data_dir=tmp_path / "file" / "data")

        assert refused.returncode == 1
        assert refused.stderr.startswith("dangol: ")
        assert str(tmp_path / "file") in refused.stderr

    def test_an_unknown_role(self, data_dir: Path) -> None:
        refused = forked("token", "--role", "king", data_dir=data_dir)

        assert refused.returncode == 1
        assert "unknown role 'king'; known: admin, marketer" in refused.stderr

    @pytest.mark.parametrize(("scope", "missing"), [("branch", "--branch"), ("own", "--user")])
    def test_a_token_that_would_see_nothing(self, data_dir: Path, scope: str, missing: str) -> None:
        refused = forked("token", "--role", "agent", "--scope", scope, data_dir=data_dir)

        assert (refused.returncode, refused.stdout) == (1, "")
        assert f"dangol: scope {scope} needs" in refused.stderr
        assert missing in refused.stderr

    def test_a_mapping_that_is_not_there(self, data_dir: Path) -> None:
        refused = forked("import", "-m", "nothing.toml", "a.csv", data_dir=data_dir)

        assert refused.returncode == 1
        assert "nothing.toml" in refused.stderr
        assert len(refused.stderr.splitlines()) == 1


class TestMigrate:
    def test_the_embedded_store_is_made(self, data_dir: Path) -> None:
        done = dangol("migrate", data_dir=data_dir)

        assert (done.returncode, done.stdout) == (0, f"The store stands at {head()}.\n")
