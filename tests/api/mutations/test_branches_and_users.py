"""Branches and those who work there through the API."""

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate, refusals
from tests.api.mutations.conftest import Rows


class TestBranchesAndUsers:
    async def test_a_branch_opens_closes_and_opens_again(self, api: Api) -> None:
        made = await mutate(
            api,
            "createBranch",
            "branch { id version }",
            {"code": "JJ", "name": "제주점", "kind": "SHOP", "openedOn": "2020-01-01"},
        )
        key = made["branch"]["id"]
        closed = await mutate(
            api,
            "closeBranch",
            "branch { closedOn }",
            {"id": key, "expectedVersion": 1, "closedOn": "2021-01-01"},
        )
        again = await mutate(
            api, "closeBranch", "", {"id": key, "expectedVersion": 2, "closedOn": "2021-01-01"}
        )
        opened = await mutate(api, "reopenBranch", "branch { closedOn }", {"id": key, "expectedVersion": 2})
        early = await mutate(
            api, "closeBranch", "", {"id": key, "expectedVersion": 3, "closedOn": "2019-01-01"}
        )
        taken = await mutate(api, "createBranch", "", {"code": "JJ", "name": "x", "kind": "SHOP"})

        assert closed["branch"] == {"closedOn": "2021-01-01"}
        assert refusals(again) == [("ALREADY_CLOSED", ["id"])]
        assert opened["branch"] == {"closedOn": None}
        assert refusals(early) == [("VALIDATION", ["closedOn"])]
        assert refusals(taken) == [("CODE_TAKEN", ["code"])]

    async def test_a_branch_shows_who_works_there_and_whose_home_it_is(self, api: Api, rows: Rows) -> None:
        told = {"id": id_of("User", 1), "expectedVersion": 1, "branchIds": [id_of("Branch", 1)]}
        await mutate(api, "updateUser", "", told)

        data = await api.data("""{ branchBy(key: {code: "GN"}) {
            users(first: 9) { nodes { name customers(first: 9) { nodes { name } } } }
            customers(first: 9) { nodes { name } }
        } }""")

        assert data["branchBy"] == {
            "users": {"nodes": [{"name": "김상담", "customers": {"nodes": [{"name": "김단골"}]}}]},
            "customers": {"nodes": [{"name": "김단골"}]},
        }

    async def test_who_leaves_names_who_takes_his_work(self, api: Api) -> None:
        told = {"id": id_of("User", 1), "expectedVersion": 1}

        refused = await mutate(api, "deactivateUser", "", told)
        done = await mutate(api, "deactivateUser", "user { active }", {**told, "toUserId": id_of("User", 2)})
        data = await api.data("{ customers(first: 9, orderBy: {field: ID}) { nodes { owner { name } } } }")

        assert refusals(refused) == [("WORK_LEFT", ["toUserId"])]
        assert done["user"] == {"active": False}
        assert data["customers"]["nodes"] == [{"owner": {"name": "이상담"}}] * 2

    async def test_only_administrators_may(self, api: Api) -> None:
        for role in ("MARKETER", "AGENT", "ANALYST", "INTEGRATION", "VIEWER"):
            response = await api.post(
                'mutation { createUser(input: {subject: "x", name: "x", role: ADMIN}) { userErrors { code } } }',
                as_={"role": role},
            )
            assert response.status_code == 403
