"""Who may change what, what the feed says of it, and that a refusal leaves nothing behind."""

from typing import Any

import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate
from tests.api.mutations.conftest import Rows

ROLES = {"ADMIN", "MARKETER", "ANALYST", "AGENT", "INTEGRATION", "VIEWER"}

Inputs = dict[str, dict[str, Any]]


CALLS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "createCustomer": ({"name": "x"}, {"ADMIN", "MARKETER", "AGENT", "INTEGRATION"}),
    "updateCustomer": (
        {"id": id_of("Customer", 1), "expectedVersion": 1, "name": "x"},
        {"ADMIN", "MARKETER", "AGENT", "INTEGRATION"},
    ),
    "recordTouchpoints": (
        {
            "items": [
                {
                    "sourceSystem": "s",
                    "sourceId": "1",
                    "channel": "WEB",
                    "direction": "INBOUND",
                    "occurredAt": "2026-01-01T00:00:00Z",
                }
            ]
        },
        {"ADMIN", "MARKETER", "AGENT", "INTEGRATION"},
    ),
    "createOffer": ({"code": "N", "name": "n", "kind": "CORE"}, {"ADMIN", "MARKETER"}),
    "updateOffer": ({"id": id_of("Offer", 1), "expectedVersion": 1, "name": "x"}, {"ADMIN", "MARKETER"}),
    "grantOffer": (
        {"offerId": id_of("Offer", 1), "customerId": id_of("Customer", 1)},
        {"ADMIN", "MARKETER", "AGENT"},
    ),
    "moveOfferGrant": (
        {"id": id_of("OfferGrant", 1), "expectedVersion": 1, "state": "VIEWED"},
        {"ADMIN", "MARKETER", "AGENT", "INTEGRATION"},
    ),
    "createCase": ({"kind": "ENQUIRY", "channel": "WEB", "subject": "s"}, {"ADMIN", "AGENT", "INTEGRATION"}),
    **{
        name: ({"id": id_of("Case", 1), "expectedVersion": 1, **told}, {"ADMIN", "AGENT", "INTEGRATION"})
        for name, told in Inputs(
            {
                "updateCase": {"topic": "x"},
                "assignCase": {"ownerId": None},
                "moveCase": {"state": "OPEN"},
                "linkCaseTouchpoints": {"touchpointIds": []},
                "unlinkCaseTouchpoints": {"touchpointIds": []},
                "rateCase": {"satisfaction": 1},
            }
        ).items()
    },
    "createOpportunity": ({"customerId": id_of("Customer", 1), "name": "n"}, {"ADMIN", "AGENT"}),
    **{
        name: ({"id": id_of("Opportunity", 1), "expectedVersion": 1, **told}, {"ADMIN", "AGENT"})
        for name, told in Inputs(
            {
                "updateOpportunity": {"name": "x"},
                "moveOpportunity": {"stage": "WON"},
                "linkOpportunityOrder": {"orderId": None},
            }
        ).items()
    },
    "createTask": ({"title": "t"}, {"ADMIN", "AGENT"}),
    **{
        name: ({"id": id_of("Task", 1), "expectedVersion": 1}, {"ADMIN", "AGENT"})
        for name in ("updateTask", "reassignTask", "startTask", "completeTask", "cancelTask")
    },
    **{
        name: (
            {"id": id_of("Customer", 1), "expectedVersion": 1, **told},
            {"ADMIN", "MARKETER", "AGENT", "INTEGRATION"},
        )
        for name, told in Inputs(
            {
                "addContactPoint": {"kind": "EMAIL", "value": "x@example.com"},
                "updateContactPoint": {"contactPointId": id_of("ContactPoint", 1), "verified": True},
                "removeContactPoint": {"contactPointId": id_of("ContactPoint", 1)},
                "linkExternalId": {"system": "s", "externalId": "1"},
                "unlinkExternalId": {"system": "erp", "externalId": "C-1"},
            }
        ).items()
    },
    "mergeCustomers": (
        {
            "keepId": id_of("Customer", 1),
            "keepExpectedVersion": 1,
            "mergeId": id_of("Customer", 2),
            "mergeExpectedVersion": 1,
        },
        {"ADMIN", "MARKETER", "AGENT", "INTEGRATION"},
    ),
    "declareAttribute": (
        {"name": "pets", "type": "NUMBER", "labelEn": "Pets", "labelKo": "반려동물"},
        {"ADMIN", "MARKETER"},
    ),
    **{
        name: ({"id": id_of("CustomerAttribute", 1), "expectedVersion": 1}, {"ADMIN", "MARKETER"})
        for name in ("updateAttribute", "retireAttribute")
    },
    "addLifecycleRules": ({"validFrom": "2999-01-01T00:00:00Z"}, {"ADMIN", "MARKETER"}),
    "createSegment": ({"name": "n"}, {"ADMIN", "MARKETER", "ANALYST"}),
    **{
        name: ({"id": id_of("Segment", 1), **told}, {"ADMIN", "MARKETER", "ANALYST"})
        for name, told in Inputs(
            {
                "updateSegment": {"expectedVersion": 1, "name": "x"},
                "retireSegment": {"expectedVersion": 1},
                "refreshSegment": {},
                "addToSegment": {"customerIds": [id_of("Customer", 1)]},
                "removeFromSegment": {"customerIds": [id_of("Customer", 1)]},
            }
        ).items()
    },
    "addRfmScheme": (
        {"name": "n", "validFrom": "2999-01-01", "currency": "KRW", "quantiles": 5},
        {"ADMIN", "MARKETER", "ANALYST"},
    ),
    "createHousehold": (
        {"name": "h", "members": [{"customerId": id_of("Customer", 1), "sinceOn": "2020-01-01"}]},
        {"ADMIN", "MARKETER", "AGENT", "INTEGRATION"},
    ),
    **{
        name: (
            {"id": id_of("Household", 1), "expectedVersion": 1, **told},
            {"ADMIN", "MARKETER", "AGENT", "INTEGRATION"},
        )
        for name, told in Inputs(
            {
                "updateHousehold": {"name": "h"},
                "joinHousehold": {"customerId": id_of("Customer", 1), "sinceOn": "2020-01-01"},
                "leaveHousehold": {"customerId": id_of("Customer", 1), "untilOn": "2020-01-01"},
            }
        ).items()
    },
    "createProduct": ({"code": "N", "name": "n"}, {"ADMIN", "INTEGRATION"}),
    **{
        name: ({"id": id_of("Product", 1), "expectedVersion": 1}, {"ADMIN", "INTEGRATION"})
        for name in ("updateProduct", "discontinueProduct", "reinstateProduct")
    },
    "createCategory": ({"name": "n"}, {"ADMIN", "INTEGRATION"}),
    "updateCategory": (
        {"id": id_of("Category", 1), "expectedVersion": 1, "name": "n"},
        {"ADMIN", "INTEGRATION"},
    ),
    "createWarehouse": ({"code": "N", "name": "n"}, {"ADMIN", "INTEGRATION"}),
    "updateWarehouse": ({"id": id_of("Warehouse", 1), "expectedVersion": 1}, {"ADMIN", "INTEGRATION"}),
    "setStock": (
        {
            "sourceSystem": "scm",
            "levels": [
                {"productId": id_of("Product", 1), "warehouseId": id_of("Warehouse", 1), "quantity": "1"}
            ],
        },
        {"ADMIN", "INTEGRATION"},
    ),
    "createOrder": (
        {
            "currency": "KRW",
            "lines": [{"productId": id_of("Product", 1), "quantity": "1", "unitPrice": "1"}],
        },
        {"ADMIN", "INTEGRATION", "AGENT"},
    ),
    **{
        name: (
            {"id": id_of("Order", 1), "expectedVersion": 1, **told},
            {"ADMIN", "INTEGRATION", "AGENT"},
        )
        for name, told in Inputs(
            {
                "updateOrder": {"channel": "WEB"},
                "cancelOrder": {},
                "returnOrderLines": {"lines": [{"position": 1, "quantity": "1"}]},
            }
        ).items()
    },
    "recordPayment": (
        {
            "orderId": id_of("Order", 1),
            "method": "CASH",
            "amount": {"amount": "1", "currency": "KRW"},
        },
        {"ADMIN", "INTEGRATION", "AGENT"},
    ),
    **{
        name: (
            {"id": id_of("Payment", 1), "expectedVersion": 1, **told},
            {"ADMIN", "INTEGRATION"},
        )
        for name, told in Inputs({"movePayment": {"state": "PAID"}, "refundPayment": {}}).items()
    },
    "createShipment": (
        {
            "orderId": id_of("Order", 1),
            "lines": [{"productId": id_of("Product", 1), "quantity": "1"}],
        },
        {"ADMIN", "INTEGRATION"},
    ),
    "moveShipment": (
        {"id": id_of("Shipment", 1), "expectedVersion": 1, "state": "LOST"},
        {"ADMIN", "INTEGRATION"},
    ),
    "createBranch": ({"code": "N", "name": "n", "kind": "SHOP"}, {"ADMIN"}),
    **{
        name: ({"id": id_of("Branch", 1), "expectedVersion": 1, **told}, {"ADMIN"})
        for name, told in Inputs(
            {
                "updateBranch": {"name": "x"},
                "closeBranch": {"closedOn": "2020-01-01"},
                "reopenBranch": {},
            }
        ).items()
    },
    "createUser": ({"subject": "n", "name": "n", "role": "AGENT"}, {"ADMIN"}),
    **{
        name: ({"id": id_of("User", 3), "expectedVersion": 1}, {"ADMIN"})
        for name in ("updateUser", "deactivateUser", "reactivateUser")
    },
    "handOverWork": ({"fromUserId": id_of("User", 1), "toUserId": id_of("User", 2)}, {"ADMIN"}),
}


async def _events(rows: Rows) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = await rows(
        "SELECT aggregate, operation, origin FROM change WHERE origin NOT LIKE 'sql:%' ORDER BY xid, id"
    )
    return found


class TestRoles:
    @pytest.mark.parametrize("name", CALLS)
    async def test_a_role_that_may_not_is_refused_before_anything_runs(
        self, api: Api, rows: Rows, name: str
    ) -> None:
        told, allowed = CALLS[name]
        kind = name[0].upper() + name[1:]
        document = f"mutation ($input: {kind}Input!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}"

        for role in sorted(ROLES - allowed):
            response = await api.post(document, {"input": told}, as_={"role": role})

            assert response.status_code == 403
            [error] = response.json()["errors"]
            assert (error["extensions"]["code"], error["path"]) == ("FORBIDDEN", [name])
        assert await _events(rows) == []

    @pytest.mark.parametrize("name", CALLS)
    async def test_a_role_that_may_is_let_in(self, api: Api, name: str) -> None:
        told, allowed = CALLS[name]

        for role in sorted(allowed):
            await mutate(api, name, "", told, as_={"role": role, "subject": "kim"})

    async def test_an_allowed_mutation_beside_a_forbidden_one_does_not_run(
        self, api: Api, rows: Rows
    ) -> None:
        document = """mutation {
            createCustomer(input: {name: "x"}) { userErrors { code } }
            createOffer(input: {code: "N", name: "n", kind: CORE}) { userErrors { code } }
        }"""

        errors = await api.errors(document, as_={"role": "AGENT"})

        assert [error["path"] for error in errors] == [["createOffer"]]
        assert await rows("SELECT id FROM customers WHERE id > 100") == []

    async def test_what_a_role_may_not_read_it_is_not_told_by_a_mutation(self, api: Api, rows: Rows) -> None:
        document = """mutation ($input: CreateOfferInput!) {
            createOffer(input: $input) {
                offer { grants(first: 1) { nodes { customer { contactPoints { value } } } } }
            }
        }"""
        told = {"input": {"code": "N", "name": "n", "kind": "CORE"}}

        errors = await api.errors(document, told, as_={"role": "ANALYST"})

        assert {error["extensions"]["code"] for error in errors} == {"FORBIDDEN"}
        assert await rows("SELECT id FROM offers WHERE id > 100") == []


class TestFeed:
    async def test_events_say_who_asked(self, api: Api, rows: Rows) -> None:
        await mutate(api, "createCustomer", "", {"name": "x"}, as_={"role": "AGENT", "subject": "kim"})
        await mutate(
            api, "createOffer", "", {"code": "N", "name": "n", "kind": "CORE"}, as_={"subject": "ann"}
        )

        assert await _events(rows) == [("customer", "CREATED", "user:kim"), ("offer", "CREATED", "user:ann")]


class TestOneTransactionEach:
    async def test_mutations_of_a_document_run_in_its_order_and_stand_alone(self, api: Api) -> None:
        data = await api.data("""mutation {
            a: updateCustomer(input: {id: "Q3VzdG9tZXI6MQ==", expectedVersion: 1, name: "a"}) {
                customer { name version } userErrors { code }
            }
            b: updateCustomer(input: {id: "Q3VzdG9tZXI6MQ==", expectedVersion: 1, name: "b"}) {
                customer { name version } userErrors { code }
            }
            c: updateCustomer(input: {id: "Q3VzdG9tZXI6MQ==", expectedVersion: 2, name: "c"}) {
                customer { name version } userErrors { code }
            }
        }""")

        assert data == {
            "a": {"customer": {"name": "a", "version": 2}, "userErrors": []},
            "b": {"customer": {"name": "a", "version": 2}, "userErrors": [{"code": "STALE_VERSION"}]},
            "c": {"customer": {"name": "c", "version": 3}, "userErrors": []},
        }

    async def test_a_mutation_is_posted_never_got(self, api: Api, rows: Rows) -> None:
        document = 'mutation { createCustomer(input: {name: "x"}) { userErrors { code } } }'

        response = await api.client.get(
            "/graphql", params={"query": document}, headers={"authorization": f"Bearer {api.token()}"}
        )

        assert response.status_code == 405
        assert await rows("SELECT id FROM customers WHERE id > 100") == []
