"""Mutations of opportunities over HTTP."""

from typing import Any

import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate, refusals
from tests.api.mutations.conftest import Rows

CUSTOMER, OFFER = id_of("Customer", 1), id_of("Offer", 1)
ORDER, ANOTHER_S = id_of("Order", 1), id_of("Order", 2)
AGENT = {"role": "AGENT", "scope": "OWN", "subject": "kim"}
WON = {"amount": "1200000", "currency": "KRW"}
NEW = {"customerId": CUSTOMER, "name": "커피 정기배송"}


@pytest.fixture
async def opportunity(api: Api) -> str:
    """The id of an opportunity of customer 1."""
    payload = await mutate(api, "createOpportunity", "opportunity { id }", NEW, as_=AGENT)
    made: str = payload["opportunity"]["id"]
    return made


class TestCreateOpportunity:
    async def test_the_opportunity_is_told_as_it_stands(self, api: Api) -> None:
        grant = await mutate(
            api, "grantOffer", "offerGrant { id }", {"offerId": OFFER, "customerId": CUSTOMER}
        )
        told = {
            **NEW,
            "stage": "QUALIFIED",
            "amount": WON,
            "expectedOn": "2026-01-31",
            "source": "ENQUIRY",
            "note": "매달 20 kg",
            "offerIds": [OFFER],
            "grantIds": [grant["offerGrant"]["id"]],
        }

        payload = await mutate(
            api,
            "createOpportunity",
            """opportunity {
                name customer { name } stage probability amount { amount currency } weightedAmount { amount }
                expectedOn overdue source note owner { name } order { id } closedAt lostReason version
                offers(first: 2) { nodes { code } } grants(first: 2) { totalCount }
                moves(first: 50) { nodes { fromStage toStage probability movedBy { name } } }
            }""",
            told,
            as_=AGENT,
        )

        assert payload == {
            "opportunity": {
                "name": "커피 정기배송",
                "customer": {"name": "김단골"},
                "stage": "QUALIFIED",
                "probability": 25,
                "amount": {"amount": "1200000", "currency": "KRW"},
                "weightedAmount": {"amount": "300000"},
                "expectedOn": "2026-01-31",
                "overdue": True,
                "source": "ENQUIRY",
                "note": "매달 20 kg",
                "owner": {"name": "김상담"},
                "order": None,
                "closedAt": None,
                "lostReason": None,
                "version": 1,
                "offers": {"nodes": [{"code": "WELCOME"}]},
                "grants": {"totalCount": 1},
                "moves": {
                    "nodes": [
                        {
                            "fromStage": None,
                            "toStage": "QUALIFIED",
                            "probability": 25,
                            "movedBy": {"name": "김상담"},
                        }
                    ]
                },
            },
            "userErrors": [],
        }

    @pytest.mark.parametrize(
        ("change", "code", "path"),
        [
            ({"name": ""}, "VALIDATION", ["name"]),
            ({"customerId": id_of("Customer", 2)}, "NOT_FOUND", ["customerId"]),
            ({"customerId": OFFER}, "VALIDATION", ["customerId"]),
            ({"stage": "WON"}, "VALIDATION", ["stage"]),
            ({"probability": 101}, "VALIDATION", ["probability"]),
            ({"amount": {"amount": "0.5", "currency": "KRW"}}, "VALIDATION", ["amount", "amount"]),
            ({"amount": {"amount": "1", "currency": "XX"}}, "VALIDATION", ["amount", "currency"]),
            ({"offerIds": [id_of("Offer", 99)]}, "VALIDATION", ["offerIds", "0"]),
            ({"grantIds": [OFFER]}, "VALIDATION", ["grantIds", "0"]),
            ({"touchpointId": id_of("Touchpoint", 99)}, "VALIDATION", ["touchpointId"]),
            ({"ownerId": id_of("User", 3)}, "VALIDATION", ["ownerId"]),
        ],
    )
    async def test_what_is_refused_is_told_with_its_place_and_leaves_nothing(
        self, api: Api, rows: Rows, change: dict[str, Any], code: str, path: list[str]
    ) -> None:
        payload = await mutate(api, "createOpportunity", "opportunity { id }", {**NEW, **change}, as_=AGENT)

        assert payload["opportunity"] is None
        assert refusals(payload) == [(code, path)]
        assert await rows("SELECT id FROM opportunities") == []


class TestUpdateOpportunity:
    async def test_what_is_absent_is_left_and_null_clears(self, api: Api, opportunity: str) -> None:
        told = {
            "id": opportunity,
            "expectedVersion": 1,
            "amount": WON,
            "offerIds": [OFFER],
            "probability": 33,
        }
        await mutate(api, "updateOpportunity", "", told)

        payload = await mutate(
            api,
            "updateOpportunity",
            "opportunity { name amount { amount } probability offers(first: 1) { totalCount } version }",
            {"id": opportunity, "expectedVersion": 2, "offerIds": None, "probability": None},
        )

        assert payload["opportunity"] == {
            "name": "커피 정기배송",
            "amount": {"amount": "1200000"},
            "probability": 10,
            "offers": {"totalCount": 0},
            "version": 3,
        }


class TestMoveOpportunity:
    async def test_won_it_becomes_an_order_that_knows_it(self, api: Api, opportunity: str) -> None:
        payload = await mutate(
            api,
            "moveOpportunity",
            "opportunity { stage probability closedAt order { number } }",
            {"id": opportunity, "expectedVersion": 1, "stage": "WON", "orderId": ORDER},
            as_=AGENT,
        )
        data = await api.data(
            "query ($id: ID!) { node(id: $id) { ... on Order { opportunities(first: 2) { nodes { id } } } } }",
            {"id": ORDER},
        )

        assert payload["opportunity"].pop("closedAt") is not None
        assert payload["opportunity"] == {"stage": "WON", "probability": 100, "order": {"number": "1"}}
        assert data["node"] == {"opportunities": {"nodes": [{"id": opportunity}]}}

    async def test_lost_it_says_why_and_opened_again_too(self, api: Api, opportunity: str) -> None:
        move = {"id": opportunity, "expectedVersion": 1, "stage": "LOST"}
        silent = await mutate(api, "moveOpportunity", "", move)
        lost = await mutate(
            api, "moveOpportunity", "opportunity { lostReason }", {**move, "reason": "비쌌다"}
        )
        back = {"id": opportunity, "expectedVersion": 2, "stage": "PROPOSED"}
        still = await mutate(api, "moveOpportunity", "", back)
        opened = await mutate(
            api,
            "moveOpportunity",
            "opportunity { stage lostReason moves(first: 50) { nodes { toStage reason } } }",
            {**back, "reason": "다시 물었다"},
        )

        assert refusals(silent) == refusals(still) == [("REASON_NEEDED", ["reason"])]
        assert lost["opportunity"] == {"lostReason": "비쌌다"}
        assert opened["opportunity"] == {
            "stage": "PROPOSED",
            "lostReason": None,
            "moves": {
                "nodes": [
                    {"toStage": "LEAD", "reason": None},
                    {"toStage": "LOST", "reason": "비쌌다"},
                    {"toStage": "PROPOSED", "reason": "다시 물었다"},
                ]
            },
        }

    @pytest.mark.parametrize(
        ("name", "change", "code", "path"),
        [
            ("moveOpportunity", {"stage": "LEAD"}, "MOVE_NOT_ALLOWED", ["stage"]),
            ("moveOpportunity", {"stage": "LOST", "reason": "x", "orderId": ORDER}, "NOT_WON", ["orderId"]),
            ("moveOpportunity", {"stage": "WON", "orderId": ANOTHER_S}, "VALIDATION", ["orderId"]),
            ("moveOpportunity", {"stage": "WON", "orderId": OFFER}, "VALIDATION", ["orderId"]),
            ("moveOpportunity", {"stage": "WON", "expectedVersion": 5}, "STALE_VERSION", ["expectedVersion"]),
            ("moveOpportunity", {"stage": "WON", "id": id_of("Opportunity", 99)}, "NOT_FOUND", ["id"]),
            ("linkOpportunityOrder", {"orderId": ORDER}, "NOT_WON", ["orderId"]),
            ("updateOpportunity", {"name": None}, "VALIDATION", ["name"]),
            ("updateOpportunity", {"id": OFFER}, "VALIDATION", ["id"]),
        ],
    )
    async def test_what_is_refused_changes_nothing(
        self,
        api: Api,
        rows: Rows,
        opportunity: str,
        name: str,
        change: dict[str, Any],
        code: str,
        path: list[str],
    ) -> None:
        payload = await mutate(api, name, "", {"id": opportunity, "expectedVersion": 1, **change})

        assert refusals(payload) == [(code, path)]
        assert await rows("SELECT stage, version, order_id FROM opportunities") == [("LEAD", 1, None)]
        assert await rows("SELECT count(*) FROM opportunity_moves") == [(1,)]

    async def test_the_order_is_named_later_and_taken_back(self, api: Api, opportunity: str) -> None:
        await mutate(api, "moveOpportunity", "", {"id": opportunity, "expectedVersion": 1, "stage": "WON"})
        asked = "opportunity { order { number } }"

        linked = await mutate(
            api, "linkOpportunityOrder", asked, {"id": opportunity, "expectedVersion": 2, "orderId": ORDER}
        )
        taken = await mutate(
            api, "linkOpportunityOrder", asked, {"id": opportunity, "expectedVersion": 3, "orderId": None}
        )

        assert linked["opportunity"] == {"order": {"number": "1"}}
        assert taken["opportunity"] == {"order": None}
