"""The small star in every engine, opened once: nothing here writes to it."""

from collections.abc import Callable, Iterator

import pytest

from domain.postgres import Server
from olap.ask import Engine
from tests.olap.engines.stars import NAMES, engines
from tests.olap.small_star import ROWS


@pytest.fixture(scope="session")
def three(server: Server, admin: Callable[[str], None]) -> Iterator[dict[str, Engine]]:
    with engines(server, admin, "small_star", ROWS) as opened:
        yield opened


@pytest.fixture(params=NAMES)
def each(three: dict[str, Engine], request: pytest.FixtureRequest) -> Engine:
    """One engine after the other."""
    return three[request.param]
