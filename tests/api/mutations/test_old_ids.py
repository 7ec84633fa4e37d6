"""What is written about a customer under the id of one who was merged into him is written about him."""

from typing import Any

import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate
from tests.api.mutations.conftest import Rows

KIM, LEE = id_of("Customer", 1), id_of("Customer", 2)
MERGE = {"keepId": KIM, "keepExpectedVersion": 1, "mergeId": LEE, "mergeExpectedVersion": 1}
OFFER = id_of("Offer", 1)

HIS = "customer { id }"
TOUCHPOINT = {
    "channel": "CHAT",
    "direction": "INBOUND",
    "occurredAt": "2026-01-02T00:00:00Z",
    "sourceSystem": "chat",
    "sourceId": "1",
    "customer": {"id": LEE},
}
LINE = {"quantity": "1", "unitPrice": "1000", "productId": id_of("Product", 1)}

WRITES: list[tuple[str, str, dict[str, Any]]] = [
    ("createTask", f"task {{ {HIS} }}", {"customerId": LEE, "title": "Call"}),
    (
        "createCase",
        f"case {{ {HIS} }}",
        {"customerId": LEE, "channel": "CHAT", "kind": "ENQUIRY", "subject": "?"},
    ),
    ("createOpportunity", f"opportunity {{ {HIS} }}", {"customerId": LEE, "name": "Tea"}),
    ("createOrder", f"order {{ {HIS} }}", {"customerId": LEE, "currency": "KRW", "lines": [LINE]}),
    ("updateOrder", f"order {{ {HIS} }}", {"id": id_of("Order", 1), "expectedVersion": 1, "customerId": LEE}),
    (
        "recordPoints",
        f"pointsEntry {{ {HIS} }}",
        {"customerId": LEE, "kind": "EARNED", "points": "1", "reason": "r"},
    ),
    (
        "recordConsent",
        f"consent {{ {HIS} }}",
        {"customerId": LEE, "given": True, "purpose": "MARKETING", "source": "web"},
    ),
    ("recordTouchpoints", f"results {{ touchpoint {{ {HIS} }} }}", {"items": [TOUCHPOINT]}),
    ("grantOffer", f"offerGrant {{ {HIS} }}", {"customerId": LEE, "offerId": OFFER}),
    ("grantOffers", f"results {{ offerGrant {{ {HIS} }} }}", {"customerIds": [LEE], "offerId": OFFER}),
    (
        "createHousehold",
        f"household {{ members(first: 1) {{ nodes {{ {HIS} }} }} }}",
        {"name": "Home", "members": [{"customerId": LEE, "sinceOn": "2026-01-01"}]},
    ),
    (
        "updateOffer",
        "offer { excludedCustomers(first: 1) { nodes { id } } }",
        {"id": OFFER, "expectedVersion": 1, "excludedCustomerIds": [LEE]},
    ),
    ("exportSubject", "subjectExport { customer { id } }", {"customerId": LEE, "reason": "asked by letter"}),
]


def _ids(found: Any) -> set[str]:
    if isinstance(found, list):
        return set().union(*map(_ids, found))
    if isinstance(found, dict):
        own = {found["id"]} if set(found) == {"id"} else set()
        return own.union(*map(_ids, found.values()))
    return set()


class TestOldIds:
    @pytest.mark.parametrize(("name", "asked", "input"), WRITES, ids=[name for name, _, _ in WRITES])
    async def test_the_old_id_leads_every_write_to_the_kept_one(
        self, api: Api, name: str, asked: str, input: dict[str, Any]
    ) -> None:
        await mutate(api, "mergeCustomers", "", MERGE)

        payload = await mutate(api, name, asked, input)

        assert (payload["userErrors"], _ids(payload)) == ([], {KIM})

    async def test_a_visitor_is_identified_under_the_old_id(self, api: Api, rows: Rows) -> None:
        visit = {**TOUCHPOINT, "customer": None, "visitorId": "v-1"}
        await mutate(api, "recordTouchpoints", "", {"items": [visit]})
        await mutate(api, "mergeCustomers", "", MERGE)

        payload = await mutate(
            api, "identifyVisitor", "attached customer { id }", {"customerId": LEE, "visitorId": "v-1"}
        )

        assert payload == {"attached": 1, "customer": {"id": KIM}, "userErrors": []}
        assert await rows("SELECT customer_id FROM touchpoints") == [(1,)]

    async def test_lists_are_kept_under_the_old_id(self, api: Api, rows: Rows) -> None:
        await mutate(api, "mergeCustomers", "", MERGE)
        made = await mutate(api, "createSegment", "segment { id }", {"name": "VIP"})
        listed = {"id": made["segment"]["id"], "customerIds": [LEE, KIM]}

        added = await mutate(api, "addToSegment", "", listed)
        inside = await rows("SELECT customer_id FROM segment_members WHERE left_at IS NULL")
        removed = await mutate(api, "removeFromSegment", "", {**listed, "customerIds": [LEE]})

        assert (added["userErrors"], removed["userErrors"], inside) == ([], [], [(1,)])
        assert await rows("SELECT customer_id FROM segment_members WHERE left_at IS NULL") == []

    async def test_a_household_is_joined_and_left_under_the_old_id(self, api: Api) -> None:
        other = await mutate(api, "createCustomer", "customer { id }", {"name": "박다른"})
        await mutate(api, "mergeCustomers", "", MERGE)
        founded = {
            "name": "Home",
            "members": [{"customerId": other["customer"]["id"], "sinceOn": "2026-01-01"}],
        }
        home = (await mutate(api, "createHousehold", "household { id version }", founded))["household"]
        members = "members(first: 5, filter: {untilOn: {isNull: true}}) { nodes { customer { name } } }"
        asked = f"household {{ version {members} }}"

        joined = await mutate(
            api,
            "joinHousehold",
            asked,
            {
                "id": home["id"],
                "expectedVersion": home["version"],
                "customerId": LEE,
                "sinceOn": "2026-01-01",
            },
        )
        left = await mutate(
            api,
            "leaveHousehold",
            asked,
            {
                "id": home["id"],
                "expectedVersion": joined["household"]["version"],
                "customerId": LEE,
                "untilOn": "2026-02-01",
            },
        )

        assert {"customer": {"name": "김단골"}} in joined["household"]["members"]["nodes"]
        assert left["household"]["members"]["nodes"] == [{"customer": {"name": "박다른"}}]
