"""npm's clients against a served worker: what their users see."""

from typing import Any

from tests.api.transport.conftest import Served
from tests.node.running import Node


def told(served: Served, node: Node, script: str, **more: str) -> Any:
    return node.told(script, URL=served.url, TOKEN=served.token(subject="kim"), **more)


class TestSubscriptionClients:
    def test_graphql_ws(self, served: Served, node: Node) -> None:
        found = told(served, node, "sockets.mjs")

        assert found["viewer"] == {"viewer": {"subject": "kim"}}
        assert found["told"]["customerChanged"]["origin"] == "user:kim"
        assert found["told"]["customerChanged"]["node"]["occupation"] == "graphql-ws"
        assert found["refused"] == 4403
        assert found["invalid"] == "BAD_REQUEST"

    def test_graphql_sse(self, served: Served, node: Node) -> None:
        found = told(served, node, "streams.mjs")

        assert found["told"]["customerChanged"]["node"]["occupation"] == "graphql-sse"
        assert found["refused"] == 401
