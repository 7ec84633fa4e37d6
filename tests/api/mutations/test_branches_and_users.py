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


class TestScopes:
    async def test_without_one_of_his_own_a_user_has_the_usual_one_of_his_role(self, api: Api) -> None:
        seen = {}

        for role in ("ADMIN", "MARKETER", "ANALYST", "AGENT", "INTEGRATION", "VIEWER"):
            told = {"subject": role, "name": role, "role": role}
            seen[role] = (await mutate(api, "createUser", "user { scope }", told))["user"]["scope"]

        assert seen.pop("AGENT") == "OWN"
        assert set(seen.values()) == {"ALL"}

    async def test_it_is_told_changed_cleared_and_found_by(self, api: Api) -> None:
        told = {"subject": "choi", "name": "최상담", "role": "AGENT", "scope": "BRANCH"}
        asked = "user { id scope version }"
        found = "{ users(first: 9, filter: {scope: {in: [BRANCH, ALL]}}) { nodes { name } } }"

        made = (await mutate(api, "createUser", asked, told))["user"]
        users = await api.data(found)
        key = {"id": made["id"]}
        changed = await mutate(api, "updateUser", asked, {**key, "expectedVersion": 1, "scope": "ALL"})
        left = await mutate(api, "updateUser", asked, {**key, "expectedVersion": 2, "name": "최"})
        cleared = await mutate(api, "updateUser", asked, {**key, "expectedVersion": 3, "scope": None})
        promoted = await mutate(api, "updateUser", asked, {**key, "expectedVersion": 4, "role": "ADMIN"})

        assert made["scope"] == "BRANCH"
        assert users["users"]["nodes"] == [{"name": "최상담"}]
        after = (changed, left, cleared, promoted)
        assert [each["user"]["scope"] for each in after] == ["ALL", "ALL", "OWN", "ALL"]
