"""What a process that serves does without: each of these takes megabytes in every one of them."""

import subprocess
import sys

import pytest

LOADED = "import sys, api.app; print(*sys.modules)"


@pytest.fixture(scope="module")
def loaded() -> frozenset[str]:
    told = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, timeout=60
    )
    return frozenset(told.stdout.split())


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
        self, loaded: frozenset[str], name: str
    ) -> None:
        assert name not in loaded

    def test_what_reads_the_store_for_a_cube_loads_no_pandas(self) -> None:
        told = "import sys, api.app, adbc_driver_postgresql.dbapi; print('pandas' in sys.modules)"
        found = subprocess.run(
            [sys.executable, "-c", told], capture_output=True, text=True, check=True, timeout=60
        )

        assert found.stdout.strip() == "False"

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
