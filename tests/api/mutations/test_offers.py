"""Creating, changing and granting offers, and moving grants."""

from typing import Any

import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate, refusals
from tests.api.mutations.conftest import Rows

OFFER = id_of("Offer", 1)
KIM = id_of("Customer", 1)
AGENT = {"role": "AGENT", "scope": "OWN", "subject": "kim"}
WON = {"amount": "5000", "currency": "KRW"}


class TestCreateOffer:
    async def test_one_without_a_time_is_valid_at_once(self, api: Api) -> None:
        told = {"code": "NOW", "name": "Now", "kind": "CORE"}

        payload = await mutate(api, "createOffer", "offer { validNow }", told)

        assert payload["offer"] == {"validNow": True}

    async def test_the_offer_is_told_as_it_stands(self, api: Api) -> None:
        payload = await mutate(
            api,
            "createOffer",
            """offer {
                code name kind path product { code } value { amount currency } cost { amount }
                validFrom validTo quantityLimit agentGrantable agentMonthlyBudget { amount } version
            }""",
            {
                "code": "BACK",
                "name": "Come back",
                "kind": "PROACTIVE_CASHBACK",
                "productId": id_of("Product", 1),
                "value": WON,
                "cost": {"amount": "4000.00", "currency": "KRW"},
                "validFrom": "2026-03-01T09:00:00+09:00",
                "validTo": "2026-04-01T00:00:00Z",
                "quantityLimit": 10,
                "agentGrantable": True,
                "agentMonthlyBudget": {"amount": "100000", "currency": "KRW"},
            },
        )

        assert payload == {
            "offer": {
                "code": "BACK",
                "name": "Come back",
                "kind": "PROACTIVE_CASHBACK",
                "path": ["benefit", "proactive", "monetary", "direct", "cashback"],
                "product": {"code": "TEA"},
                "value": {"amount": "5000", "currency": "KRW"},
                "cost": {"amount": "4000"},
                "validFrom": "2026-03-01T00:00:00.000000Z",
                "validTo": "2026-04-01T00:00:00.000000Z",
                "quantityLimit": 10,
                "agentGrantable": True,
                "agentMonthlyBudget": {"amount": "100000"},
                "version": 1,
            },
            "userErrors": [],
        }

    @pytest.mark.parametrize(
        ("change", "code", "path"),
        [
            ({"code": "WELCOME"}, "CODE_TAKEN", ["code"]),
            ({"code": " "}, "VALIDATION", ["code"]),
            ({"name": ""}, "VALIDATION", ["name"]),
            ({"productId": id_of("Product", 99)}, "VALIDATION", ["productId"]),
            ({"productId": OFFER}, "VALIDATION", ["productId"]),
            ({"value": {"amount": "0.5", "currency": "KRW"}}, "VALIDATION", ["value", "amount"]),
            ({"value": {"amount": "1", "currency": "WON"}}, "VALIDATION", ["value", "currency"]),
            ({"value": {"amount": "-1", "currency": "KRW"}}, "VALIDATION", ["value", "amount"]),
            (
                {"value": WON, "cost": {"amount": "1", "currency": "USD"}},
                "VALIDATION",
                ["value", "currency"],
            ),
            ({"quantityLimit": 0}, "VALIDATION", ["quantityLimit"]),
            ({"agentMonthlyBudget": WON}, "VALIDATION", ["agentMonthlyBudget"]),
            (
                {"validFrom": "2026-01-01T00:00:00Z", "validTo": "2026-01-01T00:00:00Z"},
                "VALIDATION",
                ["validTo"],
            ),
        ],
    )
    async def test_what_is_refused_is_told_with_its_place_and_leaves_nothing(
        self, api: Api, rows: Rows, change: dict[str, Any], code: str, path: list[str]
    ) -> None:
        told = {"code": "NEW", "name": "n", "kind": "CORE", **change}

        payload = await mutate(api, "createOffer", "offer { id }", told)

        assert payload["offer"] is None
        assert refusals(payload) == [(code, path)]
        assert await rows("SELECT id FROM offers WHERE id > 100") == []

    @pytest.mark.parametrize("given", ["1e3", "NaN", "Infinity", "1,000", "", 5.5, 5])
    async def test_an_amount_that_is_no_plain_decimal_refuses_the_request(self, api: Api, given: Any) -> None:
        told = {"code": "X", "name": "x", "kind": "CORE", "value": {"amount": given, "currency": "KRW"}}

        errors = await api.errors(
            "mutation ($input: CreateOfferInput!) { createOffer(input: $input) { offer { id } } }",
            {"input": told},
        )

        assert [error["extensions"]["code"] for error in errors] == ["BAD_REQUEST"]
        assert "digits in a string" in errors[0]["message"]


class TestUpdateOffer:
    async def test_what_is_absent_is_left_and_null_clears(self, api: Api) -> None:
        asked = "offer { name kind value { amount } quantityLimit version }"
        change = {"id": OFFER, "expectedVersion": 1, "value": WON, "quantityLimit": 3, "kind": "REWARD_GIFT"}
        await mutate(api, "updateOffer", "", change)

        payload = await mutate(
            api, "updateOffer", asked, {"id": OFFER, "expectedVersion": 2, "quantityLimit": None}
        )

        assert payload["offer"] == {
            "name": "Welcome",
            "kind": "REWARD_GIFT",
            "value": {"amount": "5000"},
            "quantityLimit": None,
            "version": 3,
        }

    @pytest.mark.parametrize(
        ("change", "code", "path"),
        [
            ({"expectedVersion": 7}, "STALE_VERSION", ["expectedVersion"]),
            ({"id": id_of("Offer", 99)}, "NOT_FOUND", ["id"]),
            ({"id": KIM}, "VALIDATION", ["id"]),
            ({"name": None}, "VALIDATION", ["name"]),
            ({"validFrom": None}, "VALIDATION", ["validFrom"]),
            ({"validTo": "2019-12-31T00:00:00Z"}, "VALIDATION", ["validTo"]),
        ],
    )
    async def test_what_is_refused_changes_nothing(
        self, api: Api, rows: Rows, change: dict[str, Any], code: str, path: list[str]
    ) -> None:
        told = {"id": OFFER, "expectedVersion": 1, "quantityLimit": 5, **change}

        payload = await mutate(api, "updateOffer", "", told)

        assert refusals(payload) == [(code, path)]
        assert await rows("SELECT quantity_limit, version FROM offers WHERE id = 1") == [(None, 1)]


class TestGrantOffer:
    async def test_the_grant_is_told_as_it_stands(self, api: Api) -> None:
        told = {"offerId": OFFER, "customerId": KIM, "reason": "because", "code": "X-1"}

        payload = await mutate(
            api,
            "grantOffer",
            "offerGrant { state reason code version offer { code } customer { name } states { state } }",
            told,
            as_={"role": "MARKETER", "scope": "ALL", "subject": "lee"},
        )

        assert payload == {
            "offerGrant": {
                "state": "PROPOSED",
                "reason": "because",
                "code": "X-1",
                "version": 1,
                "offer": {"code": "WELCOME"},
                "customer": {"name": "김단골"},
                "states": [{"state": "PROPOSED"}],
            },
            "userErrors": [],
        }

    @pytest.mark.parametrize(
        ("terms", "change", "code", "path"),
        [
            ({}, {"offerId": id_of("Offer", 99)}, "NOT_FOUND", ["offerId"]),
            ({}, {"offerId": KIM}, "VALIDATION", ["offerId"]),
            ({}, {"customerId": id_of("Customer", 99)}, "NOT_FOUND", ["customerId"]),
            ({}, {"customerId": OFFER}, "VALIDATION", ["customerId"]),
            ({}, {"code": "TAKEN"}, "CODE_TAKEN", ["code"]),
            ({}, {"reason": " "}, "VALIDATION", ["reason"]),
            ({"validTo": "2020-02-01T00:00:00Z"}, {}, "OFFER_NOT_VALID", ["offerId"]),
            ({"validFrom": "2999-01-01T00:00:00Z"}, {}, "OFFER_NOT_VALID", ["offerId"]),
            ({"quantityLimit": 1}, {}, "OFFER_EXHAUSTED", ["offerId"]),
        ],
    )
    async def test_what_is_refused_is_told_with_its_place(
        self, api: Api, rows: Rows, terms: dict[str, Any], change: dict[str, Any], code: str, path: list[str]
    ) -> None:
        told = {"offerId": OFFER, "customerId": KIM}
        await mutate(api, "grantOffer", "", {**told, "code": "TAKEN"})
        await mutate(api, "updateOffer", "", {"id": OFFER, "expectedVersion": 1, **terms})

        payload = await mutate(api, "grantOffer", "offerGrant { id }", {**told, **change})

        assert payload["offerGrant"] is None
        assert refusals(payload) == [(code, path)]
        assert await rows("SELECT count(*) FROM offer_grants") == [(1,)]

    async def test_an_agent_grants_what_agents_may_within_his_budget(self, api: Api) -> None:
        told = {"offerId": OFFER, "customerId": KIM}
        refused = await mutate(api, "grantOffer", "", told, as_=AGENT)
        await mutate(
            api,
            "updateOffer",
            "",
            {
                "id": OFFER,
                "expectedVersion": 1,
                "agentGrantable": True,
                "agentMonthlyBudget": {"amount": "9999", "currency": "KRW"},
                "value": WON,
            },
        )

        first = await mutate(api, "grantOffer", "offerGrant { grantedBy { name } }", told, as_=AGENT)
        second = await mutate(api, "grantOffer", "", told, as_=AGENT)

        assert refusals(refused) == [("NOT_FOR_AGENTS", ["offerId"])]
        assert first == {"offerGrant": {"grantedBy": {"name": "김상담"}}, "userErrors": []}
        assert refusals(second) == [("BUDGET_SPENT", ["offerId"])]

    async def test_a_customer_one_may_not_see_is_not_found(self, api: Api) -> None:
        told = {"offerId": OFFER, "customerId": id_of("Customer", 2)}

        payload = await mutate(api, "grantOffer", "", told, as_=AGENT)

        assert refusals(payload) == [("NOT_FOUND", ["customerId"])]


class TestMoveOfferGrant:
    @pytest.fixture
    async def grant(self, api: Api) -> str:
        payload = await mutate(
            api, "grantOffer", "offerGrant { id }", {"offerId": OFFER, "customerId": KIM, "code": "X"}
        )
        made: str = payload["offerGrant"]["id"]
        return made

    async def test_it_reaches_its_states_and_the_order_that_redeems_it(self, api: Api, grant: str) -> None:
        await mutate(api, "moveOfferGrant", "", {"id": grant, "expectedVersion": 1, "state": "DELIVERED"})

        payload = await mutate(
            api,
            "moveOfferGrant",
            "offerGrant { state version order { number } states { state } }",
            {"id": grant, "expectedVersion": 2, "state": "REDEEMED", "orderId": id_of("Order", 1)},
            as_={"role": "INTEGRATION"},
        )

        assert payload["offerGrant"] == {
            "state": "REDEEMED",
            "version": 3,
            "order": {"number": "1"},
            "states": [{"state": "PROPOSED"}, {"state": "DELIVERED"}, {"state": "REDEEMED"}],
        }

    @pytest.mark.parametrize(
        ("change", "code", "path"),
        [
            ({"state": "PROPOSED"}, "MOVE_NOT_ALLOWED", ["state"]),
            ({"expectedVersion": 2}, "STALE_VERSION", ["expectedVersion"]),
            ({"id": id_of("OfferGrant", 99)}, "NOT_FOUND", ["id"]),
            ({"id": OFFER}, "VALIDATION", ["id"]),
            ({"orderId": id_of("Order", 2)}, "VALIDATION", ["orderId"]),
            ({"orderId": OFFER}, "VALIDATION", ["orderId"]),
            ({"state": "VIEWED", "orderId": id_of("Order", 1)}, "VALIDATION", ["orderId"]),
        ],
    )
    async def test_what_is_refused_changes_nothing(
        self, api: Api, rows: Rows, grant: str, change: dict[str, Any], code: str, path: list[str]
    ) -> None:
        told = {"id": grant, "expectedVersion": 1, "state": "REDEEMED", **change}

        payload = await mutate(api, "moveOfferGrant", "", told)

        assert refusals(payload) == [(code, path)]
        assert await rows("SELECT state, version, order_id FROM offer_grants") == [("PROPOSED", 1, None)]
        assert await rows("SELECT count(*) FROM offer_grant_states") == [(1,)]

    async def test_a_final_state_says_so(self, api: Api, grant: str) -> None:
        await mutate(api, "moveOfferGrant", "", {"id": grant, "expectedVersion": 1, "state": "DECLINED"})

        payload = await mutate(
            api,
            "moveOfferGrant",
            "offerGrant { state }",
            {"id": grant, "expectedVersion": 2, "state": "ACCEPTED"},
        )

        [error] = payload["userErrors"]
        assert error["message"] == (
            "a grant that is DECLINED cannot become ACCEPTED; allowed: nothing: that state is final"
        )
