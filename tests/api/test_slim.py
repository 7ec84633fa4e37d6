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
        ["rich", "pygments", "alembic", "mako", "httpx", "click", "pyarrow.compute", "clickhouse_connect"],
    )
    def test_a_library_that_serving_does_not_need_is_not_loaded(
        self, loaded: frozenset[str], name: str
    ) -> None:
        assert name not in loaded

    def test_the_command_line_still_has_its_colours(self) -> None:
        told = "import api.slim, rich.console; print(rich.console.Console.__name__)"
        found = subprocess.run(
            [sys.executable, "-c", told], capture_output=True, text=True, check=True, timeout=60
        )

        assert found.stdout.strip() == "Console"
