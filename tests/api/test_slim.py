"""What a process that serves does without: each of these takes megabytes in every one of them."""

import subprocess
import sys

import pytest

LOADED = """
import sys
from api import garbage
garbage.postpone()
import api.app
print(*sys.modules)
import adbc_driver_postgresql.dbapi
print(*sys.modules)
"""


@pytest.fixture(scope="session")
def told() -> list[frozenset[str]]:
    """What a process has loaded that is about to serve, and what one has that reads the store besides."""
    told = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, timeout=60
    )
    return [frozenset(line.split()) for line in told.stdout.splitlines()]


class TestSlim:
    @pytest.mark.parametrize(
        "name",
        [
            "rich",
            "pygments",
            "alembic",
            "mako",
            "httpx",
            "click",
            "pyarrow.compute",
            "clickhouse_connect",
            "duckdb",
        ],
    )
    def test_a_library_that_serving_does_not_need_is_not_loaded(
        self, told: list[frozenset[str]], name: str
    ) -> None:
        serving, _ = told

        assert "api.app" in serving
        assert name not in serving

    def test_what_reads_the_store_for_a_cube_loads_no_pandas(self, told: list[frozenset[str]]) -> None:
        _, reading = told

        assert "adbc_driver_postgresql.dbapi" in reading
        assert "pandas" not in reading

    @pytest.mark.parametrize(
        ("made", "shown"),
        [
            ("pyarrow.table({'a': [1]}).to_pandas().a.tolist()", "[1]"),
            ("pyarrow.Table.from_pandas(pandas.DataFrame({'a': [1.5]})).to_pydict()", "{'a': [1.5]}"),
        ],
    )
    def test_what_loads_pandas_later_has_frames(self, made: str, shown: str) -> None:
        told = f"import api.frameless, pyarrow, pandas; print({made})"
        found = subprocess.run(
            [sys.executable, "-c", told], capture_output=True, text=True, check=True, timeout=60
        )

        assert found.stdout.strip() == shown

    def test_the_command_line_still_has_its_colours(self) -> None:
        told = "import api.slim, rich.console; print(rich.console.Console.__name__)"
        found = subprocess.run(
            [sys.executable, "-c", told], capture_output=True, text=True, check=True, timeout=60
        )

        assert found.stdout.strip() == "Console"

    def test_a_command_loads_neither_logs_nor_tables_before_it_knows_what_is_asked(self) -> None:
        told = "import sys, api.cli; print(*sys.modules); import rich.console, api.slim; print(*sys.modules)"
        found = subprocess.run(
            [sys.executable, "-c", told], capture_output=True, text=True, check=True, timeout=60
        )
        asked, logging = (frozenset(line.split()) for line in found.stdout.splitlines())

        assert "api.cli.main" in asked
        assert not asked & {"structlog", "sqlalchemy", "rich.console"}
        assert {"structlog", "rich.console"} <= logging
        assert not logging & {"rich.traceback", "pygments"}
