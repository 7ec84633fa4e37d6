"""Every mutation tells where its write stands in the feed, so that a question to the cube can ask for it."""

from api.positions import position
from tests.api.graphql.asking import Api
from tests.api.mutations.asking import refusals
from tests.api.mutations.conftest import Rows

CREATE = """
    mutation ($input: CreateBranchInput!) { createBranch(input: $input) { branch { id } userErrors { code path } } }
"""
TWICE = """
    mutation ($a: CreateBranchInput!, $b: CreateBranchInput!) {
        a: createBranch(input: $a) { branch { id } } b: createBranch(input: $b) { branch { id } }
    }
"""
LAST = (
    "SELECT (SELECT feed_epoch FROM company), max(xid::text::bigint) FROM change WHERE aggregate = 'branch'"
)


def branch(code: str) -> dict[str, str]:
    return {"code": code, "name": code, "kind": "SHOP"}


class TestTokens:
    async def test_it_is_the_position_of_the_write(self, api: Api, rows: Rows) -> None:
        answer = (await api.post(CREATE, {"input": branch("A")})).json()

        told = position(answer["extensions"]["token"])
        assert "errors" not in answer
        assert [(told.epoch, told.xid)] == await rows(LAST)

    async def test_of_two_writes_it_is_that_of_the_later(self, api: Api, rows: Rows) -> None:
        answer = (await api.post(TWICE, {"a": branch("A"), "b": branch("B")})).json()

        told = position(answer["extensions"]["token"])
        assert "errors" not in answer
        assert [(told.epoch, told.xid)] == await rows(LAST)

    async def test_a_replay_holds_the_write_too(self, api: Api) -> None:
        keyed = CREATE.replace("(input: $input)", '(input: $input) @idempotent(key: "k1")')

        first = (await api.post(keyed, {"input": branch("A")})).json()
        again = (await api.post(keyed, {"input": branch("A")})).json()

        assert again["extensions"]["idempotency"] == {"replayed": ["createBranch"]}
        assert position(again["extensions"]["token"]) >= position(first["extensions"]["token"])

    async def test_a_refused_mutation_and_a_query_have_none(self, api: Api) -> None:
        refused = (await api.post(CREATE, {"input": branch("GN")})).json()
        query = (await api.post("{ viewer { role } }")).json()

        assert refusals(refused["data"]["createBranch"])
        assert "token" not in refused["extensions"]
        assert "token" not in query["extensions"]
