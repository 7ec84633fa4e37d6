"""Merging, parts, attributes, households, branches and users through the API."""

from typing import Any

import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate, refusals
from tests.api.mutations.conftest import Rows

KIM, LEE = id_of("Customer", 1), id_of("Customer", 2)
AGENT = {"role": "AGENT", "scope": "OWN", "subject": "kim"}
MERGE = {"keepId": KIM, "keepExpectedVersion": 1, "mergeId": LEE, "mergeExpectedVersion": 1}


class TestMergeCustomers:
    async def test_every_way_to_the_merged_one_leads_to_the_kept_one(self, api: Api) -> None:
        asked = "customer { id mergedIds orders(first: 9) { totalCount } }"
        payload = await mutate(api, "mergeCustomers", asked, MERGE)
        found = await api.data(
            """query ($id: ID!) {
                customer(id: $id) { id }
                node(id: $id) { id }
                nodes(ids: [$id]) { id }
                customerBy(key: {external: {system: "erp", id: "C-2"}}) { id }
                byOldId: customerBy(key: {id: $id}) { id }
                filtered: customers(first: 9, filter: {id: {eq: $id}}) { nodes { id } }
                among: customers(first: 9, filter: {id: {in: [$id]}}) { nodes { id } }
                ordersOf: orders(first: 9, filter: {customer: {id: {eq: $id}}}) { totalCount }
            }""",
            {"id": LEE},
        )

        assert payload == {
            "customer": {"id": KIM, "mergedIds": [LEE], "orders": {"totalCount": 2}},
            "userErrors": [],
        }
        assert found == {
            "customer": {"id": KIM},
            "node": {"id": KIM},
            "nodes": [{"id": KIM}],
            "customerBy": {"id": KIM},
            "byOldId": {"id": KIM},
            "filtered": {"nodes": [{"id": KIM}]},
            "among": {"nodes": [{"id": KIM}]},
            "ordersOf": {"totalCount": 2},
        }

    async def test_a_change_under_the_old_id_is_one_of_the_kept_customer(self, api: Api) -> None:
        await mutate(api, "mergeCustomers", "", MERGE)

        stale = await mutate(
            api, "updateCustomer", "customer { id version }", {"id": LEE, "expectedVersion": 1, "name": "x"}
        )
        assert refusals(stale) == [("STALE_VERSION", ["expectedVersion"])]
        assert stale["customer"]["id"] == KIM

        done = await mutate(
            api,
            "updateCustomer",
            "customer { id name }",
            {"id": LEE, "expectedVersion": stale["customer"]["version"], "name": "x"},
        )
        assert done["customer"] == {"id": KIM, "name": "x"}

    @pytest.mark.parametrize(
        ("change", "code", "path"),
        [
            ({"mergeId": KIM}, "MERGED_WITH_ITSELF", ["mergeId"]),
            ({"mergeId": id_of("Customer", 99)}, "NOT_FOUND", ["mergeId"]),
            ({"keepId": id_of("User", 1)}, "VALIDATION", ["keepId"]),
            ({"keepExpectedVersion": 7}, "STALE_VERSION", ["keepExpectedVersion"]),
        ],
    )
    async def test_what_is_refused_merges_nothing(
        self, api: Api, rows: Rows, change: dict[str, Any], code: str, path: list[str]
    ) -> None:
        payload = await mutate(api, "mergeCustomers", "", {**MERGE, **change})

        assert refusals(payload) == [(code, path)]
        assert await rows("SELECT count(*) FROM customers") == [(2,)]

    async def test_the_same_merge_again_is_told_with_the_kept_one(self, api: Api) -> None:
        await mutate(api, "mergeCustomers", "", MERGE)

        payload = await mutate(api, "mergeCustomers", "customer { id }", MERGE)

        assert refusals(payload) == [("ALREADY_MERGED", ["mergeId"])]
        assert payload["customer"] == {"id": KIM}

    async def test_one_that_the_actor_does_not_see_is_not_found(self, api: Api) -> None:
        payload = await mutate(api, "mergeCustomers", "customer { id }", MERGE, as_=AGENT)

        assert refusals(payload) == [("NOT_FOUND", ["mergeId"])]

    async def test_the_preview_counts_and_says_nothing_of_the_invisible(self, api: Api) -> None:
        document = "query ($a: ID!, $b: ID!) { customerMergePreview(keepId: $a, mergeId: $b) { what count } }"

        seen = await api.data(document, {"a": KIM, "b": LEE})
        unseen = await api.data(document, {"a": KIM, "b": LEE}, as_=AGENT)

        assert {"what": "orders", "count": 1} in seen["customerMergePreview"]
        assert unseen == {"customerMergePreview": None}


class TestHistory:
    async def test_it_says_who_changed_what(self, api: Api) -> None:
        await mutate(
            api, "updateCustomer", "", {"id": KIM, "expectedVersion": 1, "region": "제주"}, as_=AGENT
        )

        data = await api.data(
            """query ($id: ID!) { customer(id: $id) { history(first: 5) {
                nodes { field oldValue newValue origin by { name } mergedId }
            } } }""",
            {"id": KIM},
        )

        assert data["customer"]["history"]["nodes"] == [
            {
                "field": "region",
                "oldValue": "서울",
                "newValue": "제주",
                "origin": "user:kim",
                "by": {"name": "김상담"},
                "mergedId": None,
            }
        ]

    async def test_an_analyst_does_not_see_it(self, api: Api) -> None:
        document = "query ($id: ID!) { customer(id: $id) { history(first: 5) { totalCount } } }"

        [error] = await api.errors(document, {"id": KIM}, as_={"role": "ANALYST"})

        assert error["extensions"]["code"] == "FORBIDDEN"


class TestParts:
    async def test_a_contact_point_is_added_verified_and_removed(self, api: Api) -> None:
        asked = "customer { version contactPoints { id kind value verified preferred } }"
        added = await mutate(
            api,
            "addContactPoint",
            asked,
            {"id": KIM, "expectedVersion": 1, "kind": "EMAIL", "value": "new@example.com", "preferred": True},
        )
        old, new = added["customer"]["contactPoints"]
        changed = await mutate(
            api,
            "updateContactPoint",
            asked,
            {
                "id": KIM,
                "expectedVersion": 2,
                "contactPointId": old["id"],
                "verified": True,
                "preferred": True,
            },
        )
        removed = await mutate(
            api, "removeContactPoint", asked, {"id": KIM, "expectedVersion": 3, "contactPointId": new["id"]}
        )

        assert (new["value"], new["preferred"], old["preferred"]) == ("new@example.com", True, False)
        assert [(each["verified"], each["preferred"]) for each in changed["customer"]["contactPoints"]] == [
            (True, True),
            (False, False),
        ]
        assert [each["id"] for each in removed["customer"]["contactPoints"]] == [old["id"]]

    async def test_another_value_is_not_verified(self, api: Api, rows: Rows) -> None:
        [(key,)] = await rows("SELECT id FROM contact_points")
        told = {"id": KIM, "contactPointId": id_of("ContactPoint", key)}
        await mutate(api, "updateContactPoint", "", {**told, "expectedVersion": 1, "verified": True})

        await mutate(api, "updateContactPoint", "", {**told, "expectedVersion": 2, "value": "b@example.com"})

        assert await rows("SELECT value, verified FROM contact_points") == [("b@example.com", False)]

    @pytest.mark.parametrize(
        ("name", "told", "code", "path"),
        [
            ("addContactPoint", {"kind": "EMAIL", "value": "kim@example.com"}, "VALIDATION", ["value"]),
            ("addContactPoint", {"kind": "EMAIL", "value": "kim"}, "VALIDATION", ["value"]),
            (
                "removeContactPoint",
                {"contactPointId": id_of("ContactPoint", 999)},
                "CONTACT_POINT_NOT_FOUND",
                ["contactPointId"],
            ),
            (
                "linkExternalId",
                {"system": "erp", "externalId": "C-2"},
                "EXTERNAL_ID_TAKEN",
                ["externalIds", "0"],
            ),
            (
                "unlinkExternalId",
                {"system": "erp", "externalId": "C-2"},
                "EXTERNAL_ID_NOT_FOUND",
                ["externalId"],
            ),
            (
                "unlinkExternalId",
                {"system": "erp", "externalId": "C-1", "expectedVersion": 9},
                "STALE_VERSION",
                ["expectedVersion"],
            ),
        ],
    )
    async def test_what_is_refused(
        self, api: Api, rows: Rows, name: str, told: dict[str, Any], code: str, path: list[str]
    ) -> None:
        payload = await mutate(api, name, "", {"id": KIM, "expectedVersion": 1, **told})

        assert refusals(payload) == [(code, path)]
        assert await rows("SELECT version FROM customers WHERE id = 1") == [(1,)]

    async def test_an_external_id_is_linked_and_unlinked(self, api: Api) -> None:
        asked = "customer { externalIds { system id } }"
        linked = await mutate(
            api,
            "linkExternalId",
            asked,
            {"id": KIM, "expectedVersion": 1, "system": "shop", "externalId": "7"},
        )
        unlinked = await mutate(
            api,
            "unlinkExternalId",
            asked,
            {"id": KIM, "expectedVersion": 2, "system": "erp", "externalId": "C-1"},
        )

        assert linked["customer"]["externalIds"] == [
            {"system": "erp", "id": "C-1"},
            {"system": "shop", "id": "7"},
        ]
        assert unlinked["customer"]["externalIds"] == [{"system": "shop", "id": "7"}]


PETS = {"name": "pets", "type": "NUMBER", "labelEn": "Pets", "labelKo": "반려동물"}
HOBBY = {
    "name": "hobby",
    "type": "CHOICE",
    "labelEn": "Hobby",
    "labelKo": "취미",
    "choices": ["golf", "등산"],
    "personal": "SENSITIVE",
}


class TestAttributes:
    async def _declare(self, api: Api, *declared: dict[str, Any]) -> list[Any]:
        asked = "customerAttribute { id version }"
        return [
            (await mutate(api, "declareAttribute", asked, each))["customerAttribute"] for each in declared
        ]

    async def test_values_are_set_filtered_and_cleared(self, api: Api) -> None:
        await self._declare(api, PETS, HOBBY)
        asked = "customer { attributes { name value number text } confidentialAttributes { name text } }"

        told = [{"name": "pets", "value": "2.50"}, {"name": "hobby", "value": "golf"}]
        payload = await mutate(
            api, "updateCustomer", asked, {"id": KIM, "expectedVersion": 1, "attributes": told}
        )
        found = await api.data("""{
            some: customers(first: 9, filter: {attributes: {some: {name: {eq: "pets"}, number: {gte: "2"}}}}) {
                nodes { id } }
            none: customers(first: 9, filter: {attributes: {some: {name: {eq: "pets"}, number: {gt: "2.5"}}}}) {
                nodes { id } }
            secret: customers(first: 9, filter: {confidentialAttributes: {some: {text: {eq: "golf"}}}}) { nodes { id } }
        }""")
        cleared = await mutate(
            api,
            "updateCustomer",
            "customer { attributes { name } }",
            {"id": KIM, "expectedVersion": 2, "attributes": [{"name": "pets", "value": None}]},
        )

        assert payload["customer"] == {
            "attributes": [{"name": "pets", "value": "2.5", "number": "2.5", "text": None}],
            "confidentialAttributes": [{"name": "hobby", "text": "golf"}],
        }
        assert found == {
            "some": {"nodes": [{"id": KIM}]},
            "none": {"nodes": []},
            "secret": {"nodes": [{"id": KIM}]},
        }
        assert cleared["customer"] == {"attributes": []}

    @pytest.mark.parametrize(
        ("attributes", "path"),
        [
            ([{"name": "none", "value": "1"}], ["attributes", "0", "name"]),
            ([{"name": "pets", "value": "two"}], ["attributes", "0", "value"]),
            ([{"name": "pets", "value": "1e3"}], ["attributes", "0", "value"]),
            ([{"name": "pets", "value": "1"}, {"name": "pets", "value": "1"}], ["attributes", "1", "name"]),
            ([{"name": "hobby", "value": "chess"}], ["attributes", "0", "value"]),
        ],
    )
    async def test_a_value_that_is_not_as_declared_is_refused_with_its_place(
        self, api: Api, attributes: list[dict[str, Any]], path: list[str]
    ) -> None:
        await self._declare(api, PETS, HOBBY)

        told = {"id": KIM, "expectedVersion": 1, "attributes": attributes}
        payload = await mutate(api, "updateCustomer", "", told)

        assert refusals(payload) == [("VALIDATION", path)]

    async def test_an_analyst_counts_by_open_attributes_and_sees_no_confidential_ones(self, api: Api) -> None:
        await self._declare(api, PETS, HOBBY)
        analyst = {"role": "ANALYST"}

        await api.data("{ customers(first: 1) { nodes { attributes { value } } } }", as_=analyst)
        for document in (
            "{ customers(first: 1) { nodes { confidentialAttributes { value } } } }",
            '{ customers(first: 1, filter: {confidentialAttributes: {some: {name: {eq: "hobby"}}}}) { totalCount } }',
        ):
            [error] = await api.errors(document, as_=analyst)
            assert error["extensions"]["code"] == "FORBIDDEN"

    async def test_a_retired_one_takes_no_new_values_and_keeps_the_old(self, api: Api) -> None:
        [pets] = await self._declare(api, PETS)
        value = [{"name": "pets", "value": "1"}]
        await mutate(api, "updateCustomer", "", {"id": KIM, "expectedVersion": 1, "attributes": value})

        await mutate(api, "retireAttribute", "", {"id": pets["id"], "expectedVersion": 1})
        payload = await mutate(
            api,
            "updateCustomer",
            "customer { attributes { value } }",
            {"id": KIM, "expectedVersion": 2, "attributes": value},
        )

        assert refusals(payload) == [("ATTRIBUTE_RETIRED", ["attributes", "0", "name"])]
        data = await api.data("{ customers(first: 9) { nodes { attributes { value } } } }")
        assert {"attributes": [{"value": "1"}]} in data["customers"]["nodes"]

    async def test_a_choice_that_a_customer_has_stays(self, api: Api) -> None:
        [hobby] = await self._declare(api, HOBBY)
        value = [{"name": "hobby", "value": "golf"}]
        await mutate(api, "updateCustomer", "", {"id": KIM, "expectedVersion": 1, "attributes": value})
        told = {"id": hobby["id"], "expectedVersion": 1}

        refused = await mutate(api, "updateAttribute", "", {**told, "choices": ["등산"]})
        done = await mutate(
            api, "updateAttribute", "customerAttribute { choices }", {**told, "choices": ["golf"]}
        )

        assert refusals(refused) == [("CHOICE_IN_USE", ["choices"])]
        assert done["customerAttribute"] == {"choices": ["golf"]}

    @pytest.mark.parametrize(
        ("change", "code", "path"),
        [
            ({"name": "Pets"}, "VALIDATION", ["name"]),
            ({"name": "pets"}, "NAME_TAKEN", ["name"]),
            ({"name": "x", "choices": ["a"]}, "VALIDATION", ["choices"]),
            ({"name": "x", "type": "CHOICE"}, "VALIDATION", ["choices"]),
            ({"name": "x", "type": "CHOICE", "choices": ["a", "a"]}, "VALIDATION", ["choices", "1"]),
        ],
    )
    async def test_a_declaration_that_makes_no_sense_is_refused(
        self, api: Api, change: dict[str, Any], code: str, path: list[str]
    ) -> None:
        await self._declare(api, PETS)

        payload = await mutate(api, "declareAttribute", "", {**PETS, **change})

        assert refusals(payload) == [(code, path)]


class TestHouseholds:
    FOUND = {"name": "김씨네", "members": [{"customerId": KIM, "sinceOn": "2020-01-01"}]}  # noqa: RUF012

    async def _found(self, api: Api) -> str:
        payload = await mutate(api, "createHousehold", "household { id }", self.FOUND)
        assert payload["userErrors"] == []
        key: str = payload["household"]["id"]
        return key

    async def test_members_join_and_leave(self, api: Api) -> None:
        key = await self._found(api)
        asked = "household { members(first: 9) { nodes { customer { name } sinceOn untilOn } } }"

        await mutate(
            api,
            "joinHousehold",
            asked,
            {"id": key, "expectedVersion": 1, "customerId": LEE, "sinceOn": "2021-01-01"},
        )
        left = await mutate(
            api,
            "leaveHousehold",
            asked,
            {"id": key, "expectedVersion": 2, "customerId": KIM, "untilOn": "2022-01-01"},
        )
        data = await api.data(
            "{ customers(first: 9, orderBy: {field: ID}) { nodes { household { name } } } }"
        )

        assert left["household"]["members"]["nodes"] == [
            {"customer": {"name": "김단골"}, "sinceOn": "2020-01-01", "untilOn": "2022-01-01"},
            {"customer": {"name": "이손님"}, "sinceOn": "2021-01-01", "untilOn": None},
        ]
        assert data["customers"]["nodes"] == [{"household": None}, {"household": {"name": "김씨네"}}]

    @pytest.mark.parametrize(
        ("name", "told", "code", "path"),
        [
            ("joinHousehold", {"customerId": KIM, "sinceOn": "2025-01-01"}, "ALREADY_MEMBER", ["customerId"]),
            ("joinHousehold", {"customerId": LEE, "sinceOn": "2999-01-01"}, "VALIDATION", ["sinceOn"]),
            ("leaveHousehold", {"customerId": LEE, "untilOn": "2025-01-01"}, "NOT_A_MEMBER", ["customerId"]),
            ("leaveHousehold", {"customerId": KIM, "untilOn": "2019-01-01"}, "VALIDATION", ["untilOn"]),
        ],
    )
    async def test_what_is_refused(
        self, api: Api, name: str, told: dict[str, Any], code: str, path: list[str]
    ) -> None:
        key = await self._found(api)

        payload = await mutate(api, name, "", {"id": key, "expectedVersion": 1, **told})

        assert refusals(payload) == [(code, path)]

    async def test_an_agent_sees_the_household_of_his_customer_and_not_its_other_members(
        self, api: Api
    ) -> None:
        key = await self._found(api)
        await mutate(
            api,
            "joinHousehold",
            "",
            {"id": key, "expectedVersion": 1, "customerId": LEE, "sinceOn": "2021-01-01"},
        )

        data = await api.data(
            "{ households(first: 9) { nodes { name members(first: 9) { totalCount } } } }", as_=AGENT
        )

        assert data["households"]["nodes"] == [{"name": "김씨네", "members": {"totalCount": 1}}]


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
