"""Whether a customer may be given an offer: every kind of rule says in its own words why not."""

import json
from typing import Any

import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate, refusals
from tests.api.mutations.conftest import Rows
from tests.api.mutations.test_offer_rules import KIM, LEE, OFFER, RULES, TEA, set_rules, shop

__all__ = ["shop"]

ASKED = """query ($offer: ID!, $customer: ID!) {
    offerEligibility(offerId: $offer, customerId: $customer) { eligible obstacles { code message } }
}"""
AGENT = {"role": "AGENT", "scope": "OWN", "subject": "kim"}


async def eligibility(api: Api, customer: str = KIM, offer: str = OFFER, **asking: Any) -> Any:
    data = await api.data(ASKED, {"offer": offer, "customer": customer}, **asking)
    return data["offerEligibility"]


async def told(api: Api, customer: str = KIM) -> str:
    """The sentence of the only obstacle."""
    found = await eligibility(api, customer)
    [obstacle] = found["obstacles"]
    assert found["eligible"] is False
    return str(obstacle["message"])


SENTENCES: list[tuple[dict[str, Any], str]] = [
    ({"customerKinds": ["ORGANISATION"]}, "the kind of customer is one of ORGANISATION"),
    ({"lifecycleStages": ["NEW", "AT_RISK"]}, "the lifecycle stage is one of NEW, AT_RISK"),
    ({"regions": ["부산", "대구"]}, "the region is one of 부산, 대구"),
    ({"age": {"min": 90}}, "the age is 90 or more"),
    ({"age": {"max": 30}}, "the age is 30 or less"),
    ({"age": {"min": 20, "max": 29}}, "the age is 20 to 29"),
    ({"attribute": {"name": "hobby", "among": ["tennis"]}}, "hobby is one of tennis"),
    ({"boughtProductId": id_of("Product", 2)}, "a certain product was bought"),
    ({"boughtCategoryId": id_of("Category", 3)}, "a product of a certain category was bought"),
]

EXCLUDING: list[tuple[dict[str, Any], str]] = [
    ({"customerKinds": ["PERSON"]}, "the kind of customer is one of PERSON"),
    ({"lifecycleStages": ["LOYAL"]}, "the lifecycle stage is one of LOYAL"),
    ({"regions": ["서울"]}, "the region is one of 서울"),
    ({"age": {"min": 20}}, "the age is 20 or more"),
    ({"attribute": {"name": "hobby", "among": ["golf"]}}, "hobby is one of golf"),
    ({"boughtProductId": TEA}, "a certain product was bought"),
    ({"boughtCategoryId": id_of("Category", 1)}, "a product of a certain category was bought"),
]


class TestRules:
    @pytest.mark.parametrize(("rule", "words"), SENTENCES, ids=[words for _, words in SENTENCES])
    async def test_a_rule_that_does_not_hold_is_said(
        self, api: Api, rows: Rows, rule: dict[str, Any], words: str
    ) -> None:
        await rows("INSERT INTO categories (id, name) VALUES (3, '가전')")
        await set_rules(api, eligibility=[rule])

        assert await told(api) == f"the offer 'WELCOME' is not for this customer; it requires that {words}"

    @pytest.mark.parametrize(("rule", "words"), EXCLUDING, ids=[words for _, words in EXCLUDING])
    async def test_a_rule_that_excludes_is_said(self, api: Api, rule: dict[str, Any], words: str) -> None:
        await set_rules(api, exclusions=[rule])

        assert await told(api) == f"the offer 'WELCOME' excludes customers of whom it holds that {words}"

    async def test_who_is_excluded_by_name_is_told_so(self, api: Api) -> None:
        await set_rules(api, excludedCustomerIds=[LEE])

        assert await told(api, LEE) == "the offer 'WELCOME' excludes this customer by name"
        assert await eligibility(api, KIM) == {"eligible": True, "obstacles": []}

    async def test_a_merged_customer_is_the_one_that_was_kept(self, api: Api, rows: Rows) -> None:
        await rows("UPDATE customers SET kind = 'PERSON' WHERE id = 2")
        await set_rules(api, excludedCustomerIds=[KIM])
        both = """query ($keep: ID!, $merge: ID!) {
            keep: customer(id: $keep) { version } merge: customer(id: $merge) { version }
        }"""
        found = await api.data(both, {"keep": KIM, "merge": LEE})
        versions = {f"{name}ExpectedVersion": each["version"] for name, each in found.items()}
        asked = {"keepId": KIM, "mergeId": LEE, **versions}
        assert (await mutate(api, "mergeCustomers", "", asked))["userErrors"] == []

        assert await told(api, LEE) == "the offer 'WELCOME' excludes this customer by name"

    async def test_the_sentence_is_korean_for_those_who_ask_for_it(self, api: Api) -> None:
        await set_rules(api, eligibility=[{"age": {"max": 30}}])
        body = {"query": ASKED, "variables": {"offer": OFFER, "customer": KIM}}

        response = await api.send(json.dumps(body).encode(), headers={"accept-language": "ko"})

        [obstacle] = response.json()["data"]["offerEligibility"]["obstacles"]
        assert (
            obstacle["message"]
            == "오퍼 'WELCOME'은(는) 이 고객에게 줄 수 없습니다. 필요한 조건: 나이 30세 이하"
        )

    @pytest.mark.parametrize(("rule", "kim", "lee"), RULES, ids=lambda given: str(given)[:60])
    async def test_it_is_what_grant_offer_answers(
        self, api: Api, rule: dict[str, Any], kim: bool, lee: bool
    ) -> None:
        await set_rules(api, eligibility=[rule])

        asked = [await eligibility(api, each) for each in (KIM, LEE)]
        granted = [
            refusals(await mutate(api, "grantOffer", "", {"offerId": OFFER, "customerId": each}))
            for each in (KIM, LEE)
        ]

        assert [each["eligible"] for each in asked] == [kim, lee]
        assert [[code["code"] for code in each["obstacles"]] for each in asked] == [
            [code for code, _ in each] for each in granted
        ]


class TestOtherObstacles:
    async def test_all_that_is_in_the_way_is_said_at_once_and_nothing_is_granted(
        self, api: Api, rows: Rows
    ) -> None:
        await rows(
            "UPDATE offers SET quantity_limit = 1, valid_to = '2020-02-01 00:00+00', agent_grantable = true,"
            " value = 7, currency = 'KRW', agent_monthly_budget = 5 WHERE id = 1"
        )
        await rows(
            "INSERT INTO offer_grants (offer_id, customer_id, state, granted_at)"
            " VALUES (1, 2, 'PROPOSED', '2020-01-02 00:00+00')"
        )
        await rows("INSERT INTO offer_excluded_customers (offer_id, customer_id) VALUES (1, 1)")

        found = await eligibility(api, as_=AGENT)

        codes = ["OFFER_NOT_VALID", "EXCLUDED", "BUDGET_SPENT", "OFFER_EXHAUSTED"]
        assert [each["code"] for each in found["obstacles"]] == codes
        assert await rows("SELECT count(*) FROM offer_grants") == [(1,)]

    async def test_an_offer_that_agents_may_not_grant(self, api: Api) -> None:
        found = await eligibility(api, as_=AGENT)

        assert [each["code"] for each in found["obstacles"]] == ["NOT_FOR_AGENTS"]

    async def test_who_or_what_cannot_be_seen_is_null(self, api: Api, rows: Rows) -> None:
        await rows("UPDATE customers SET erased_at = now() WHERE id = 1")

        assert await eligibility(api, KIM) is None
        assert await eligibility(api, id_of("Customer", 99)) is None
        assert await eligibility(api, LEE, id_of("Offer", 99)) is None
        assert await eligibility(api, LEE, as_=AGENT) is None

    async def test_an_id_of_another_type_is_refused(self, api: Api) -> None:
        response = await api.post(ASKED, {"offer": KIM, "customer": OFFER})

        [error] = response.json()["errors"]
        assert error["extensions"]["code"] == "VALIDATION"

    @pytest.mark.parametrize("role", ["ANALYST", "INTEGRATION", "VIEWER"])
    async def test_who_may_not_grant_is_refused(self, api: Api, role: str) -> None:
        [error] = await api.errors(ASKED, {"offer": OFFER, "customer": KIM}, as_={"role": role})

        assert error["extensions"]["code"] == "FORBIDDEN"
