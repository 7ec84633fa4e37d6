"""The audits of the npm package graphql-http: GraphQL over HTTP as its specification says, on a served worker."""

from pathlib import Path
from typing import Any

import pytest

from tests.api.transport.conftest import Served
from tests.node.running import Node

AUDITS = (Path(__file__).with_name("audits.txt")).read_text().splitlines()
"""The ids and names of all 61: a package that drops one, or adds one, is seen."""


@pytest.fixture(scope="session")
def audited(served: Served, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What each audit says, by its id. All have run once."""
    node = Node.at(tmp_path_factory.mktemp("audits"))
    return {result["id"]: result for result in node.told("audits.mjs", URL=served.url, TOKEN=served.token())}


class TestAudits:
    def test_all_of_them_are_known_here(self, audited: dict[str, Any]) -> None:
        assert [f"{id_} {found['name']}" for id_, found in audited.items()] == AUDITS
        assert len(AUDITS) == 61

    @pytest.mark.parametrize("audit", AUDITS)
    def test_it_passes(self, audited: dict[str, Any], audit: str) -> None:
        found = audited[audit.split(" ")[0]]

        assert found["status"] == "ok", found["reason"]
