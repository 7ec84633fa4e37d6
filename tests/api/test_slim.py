"""What a process that serves does without: each of these takes megabytes in every one of them, or time at its start."""

import subprocess
import sys

import pytest

LOADED = """
import gc, sys
from api import garbage
before = sum(each["collections"] for each in gc.get_stats())
garbage.postpone()
import api.app
print(*sys.modules)
import adbc_driver_postgresql.dbapi
print(*sys.modules)
print(sum(each["collections"] for each in gc.get_stats()) - before)
late = [vars(each)["__init__"].__code__.co_filename for each in gc.get_objects()
    if isinstance(each, type) and str(each.__module__).startswith("api.graphql")
    and "__strawberry_definition__" in vars(each) and "__init__" in vars(each)]
print(len(late), *{file.rpartition("/")[2] for file in late})
garbage.settle()
print(gc.isenabled(), gc.get_freeze_count() > 100_000, gc.get_threshold()[0] == garbage.YOUNG)
"""


ASKED = """
import gc, sys
before = sum(each["collections"] for each in gc.get_stats())
import api.cli
searches = sum(each["collections"] for each in gc.get_stats()) - before
print(*sys.modules)
is_sought = gc.isenabled()
api.cli.main.__globals__["garbage"].seldom()
of_modules = gc.get_freeze_count() > 20_000
import rich.console, api.slim
print(*sys.modules)
print(searches, is_sought, of_modules)
"""


@pytest.fixture(scope="session")
def command() -> list[str]:
    """What a process says of itself that has loaded what each command loads, and then what writes logs."""
    told = subprocess.run(
        [sys.executable, "-c", ASKED], capture_output=True, text=True, check=True, timeout=60
    )
    return told.stdout.splitlines()


@pytest.fixture(scope="session")
def lines() -> list[str]:
    """What a process says of itself that is about to serve."""
    told = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, timeout=60
    )
    return told.stdout.splitlines()


@pytest.fixture(scope="session")
def told(lines: list[str]) -> list[frozenset[str]]:
    """What a process has loaded that is about to serve, and what one has that reads the store besides."""
    return [frozenset(line.split()) for line in lines[:2]]


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

    def test_garbage_is_not_looked_for_while_it_starts_and_afterwards_among_the_young(
        self, lines: list[str]
    ) -> None:
        searches, settled = lines[2], lines[4]

        assert searches == "0"
        assert settled == "True True True"

    def test_no_type_of_the_schema_has_compiled_methods_yet(self, lines: list[str]) -> None:
        types, *files = lines[3].split()

        assert int(types) > 600
        assert files == ["later.py"]

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

    def test_a_command_loads_neither_logs_nor_tables_before_it_knows_what_is_asked(
        self, command: list[str]
    ) -> None:
        asked, logging = (frozenset(line.split()) for line in command[:2])

        assert "api.cli.main" in asked
        assert not asked & {"structlog", "sqlalchemy", "rich.console"}
        assert {"structlog", "rich.console"} <= logging
        assert not logging & {"rich.traceback", "pygments"}

    def test_a_command_does_not_look_for_garbage_among_what_it_loads(self, command: list[str]) -> None:
        searches, *settled = command[2].split()

        assert int(searches) < 5  # before it knows that it need not; else it were a hundred
        assert settled == ["True", "True"]
