"""Two customers become one through the API, and the history says who changed what."""

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

    async def test_two_whom_the_same_offer_excludes_are_one_whom_it_excludes(
        self, api: Api, rows: Rows
    ) -> None:
        excluded = "SELECT offer_id, customer_id FROM offer_excluded_customers ORDER BY 1, 2"
        await rows(
            "INSERT INTO offers (id, code, name, kind) VALUES (2, 'X', 'X', 'CORE'), (3, 'Y', 'Y', 'CORE')"
        )
        await rows("INSERT INTO offer_excluded_customers VALUES (1, 1), (1, 2), (2, 1), (3, 2)")

        payload = await mutate(api, "mergeCustomers", "customer { id }", MERGE)
        told = {"offerId": id_of("Offer", 1), "customerId": KIM}
        granted = await mutate(api, "grantOffer", "", told)

        assert payload["userErrors"] == []
        assert await rows(excluded) == [(1, 1), (2, 1), (3, 1)]
        assert refusals(granted) == [("EXCLUDED", ["customerId"])]

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
