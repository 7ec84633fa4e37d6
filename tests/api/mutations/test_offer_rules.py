"""Who may be granted an offer: each rule, and an offer granted to many customers at once."""

import json
from typing import Any

import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate, refusals
from tests.api.mutations.conftest import Rows

OFFER = id_of("Offer", 1)
KIM, LEE = id_of("Customer", 1), id_of("Customer", 2)
TEA = id_of("Product", 1)
AGENT = {"role": "AGENT", "scope": "OWN", "subject": "kim"}
RESULTS = (
    "results { index customerId status offerGrant { state customer { name } } userErrors { code path } }"
)

SHOP = """
    INSERT INTO categories (id, parent_id, name) VALUES (1, NULL, '식품'), (2, 1, '음료');
    UPDATE products SET category_id = 2 WHERE id = 1;
    INSERT INTO products (id, code, name) VALUES (2, 'CUP', '잔');
    INSERT INTO order_lines (order_id, position, kind, product_id, quantity, unit_price) VALUES
        (1, 1, 'SALE', 1, 2, 10), (1, 2, 'RETURN', 1, -1, 10),
        (2, 1, 'SALE', 1, 1, 10), (2, 2, 'RETURN', 1, -1, 10), (2, 3, 'SALE', 2, 1, 5);
    INSERT INTO customer_attributes (name, type, label_en, label_ko) VALUES
        ('hobby', 'TEXT', 'Hobby', '취미'), ('children', 'NUMBER', 'Children', '자녀'),
        ('car', 'BOOLEAN', 'Car', '차'), ('wedding', 'DATE', 'Wedding', '결혼');
    INSERT INTO customer_attribute_values (customer_id, attribute, text_value) VALUES (1, 'hobby', 'golf');
    INSERT INTO customer_attribute_values (customer_id, attribute, number_value) VALUES (1, 'children', 2);
    INSERT INTO customer_attribute_values (customer_id, attribute, boolean_value) VALUES (1, 'car', true);
    INSERT INTO customer_attribute_values (customer_id, attribute, date_value) VALUES (1, 'wedding', '2020-05-01');
    UPDATE customers SET kind = 'PERSON', birth_on = '1980-06-15', lifecycle_stage = 'LOYAL' WHERE id = 1;
    UPDATE customers SET kind = 'ORGANISATION', lifecycle_stage = 'NEW' WHERE id = 2;
"""


@pytest.fixture(autouse=True)
async def shop(rows: Rows) -> None:
    """Kim is a person born in 1980 who kept a tea; Lee an organisation that gave its tea back and kept a cup."""
    for statement in filter(str.strip, SHOP.split(";\n")):
        await rows(statement)


async def set_rules(api: Api, version: int = 1, **rules: Any) -> Any:
    payload = await mutate(
        api, "updateOffer", "offer { id }", {"id": OFFER, "expectedVersion": version, **rules}
    )
    assert payload["userErrors"] == []


async def grant(api: Api, customer: str, **asking: Any) -> list[tuple[str, list[str]]]:
    return refusals(await mutate(api, "grantOffer", "", {"offerId": OFFER, "customerId": customer}, **asking))


RULES: list[tuple[dict[str, Any], bool, bool]] = [
    ({"customerKinds": ["PERSON"]}, True, False),
    ({"customerKinds": ["PERSON", "ORGANISATION"]}, True, True),
    ({"lifecycleStages": ["NEW", "AT_RISK"]}, False, True),
    ({"regions": ["서울", "대구"]}, True, False),
    ({"age": {"min": 20}}, True, False),
    ({"age": {"max": 30}}, False, False),
    ({"age": {"min": 0, "max": 150}}, True, False),
    ({"attribute": {"name": "hobby", "among": ["tennis", "golf"]}}, True, False),
    ({"attribute": {"name": "children", "among": ["2"]}}, True, False),
    ({"attribute": {"name": "car", "among": ["true"]}}, True, False),
    ({"attribute": {"name": "wedding", "among": ["2020-05-01"]}}, True, False),
    ({"attribute": {"name": "hobby", "among": ["gol"]}}, False, False),
    ({"boughtProductId": TEA}, True, False),
    ({"boughtProductId": id_of("Product", 2)}, False, True),
    ({"boughtCategoryId": id_of("Category", 1)}, True, False),
    ({"boughtCategoryId": id_of("Category", 2)}, True, False),
]


class TestRules:
    @pytest.mark.parametrize(("rule", "kim", "lee"), RULES, ids=lambda given: str(given)[:60])
    async def test_what_must_hold_and_what_must_not(
        self, api: Api, rule: dict[str, Any], kim: bool, lee: bool
    ) -> None:
        await set_rules(api, eligibility=[rule])
        required = [await grant(api, each) for each in (KIM, LEE)]
        await set_rules(api, 2, eligibility=None, exclusions=[rule])

        excluded = [await grant(api, each) for each in (KIM, LEE)]

        refused = [("NOT_ELIGIBLE", ["customerId"])]
        assert required == [[] if holds else refused for holds in (kim, lee)]
        assert excluded == [[("EXCLUDED", ["customerId"])] if holds else [] for holds in (kim, lee)]

    async def test_the_rule_is_named_in_the_language_of_the_caller(self, api: Api) -> None:
        await set_rules(
            api, eligibility=[{"customerKinds": ["PERSON", "ORGANISATION"]}, {"age": {"min": 20, "max": 29}}]
        )
        document = (
            """mutation ($input: GrantOfferInput!) { grantOffer(input: $input) { userErrors { message } } }"""
        )
        told = {"input": {"offerId": OFFER, "customerId": KIM}}

        body = json.dumps({"query": document, "variables": told}).encode()

        english = await api.data(document, told)
        korean = (await api.send(body, headers={"Accept-Language": "ko"})).json()["data"]

        assert english["grantOffer"]["userErrors"][0]["message"] == (
            "the offer 'WELCOME' is not for this customer; it requires that the age is 20 to 29"
        )
        assert korean["grantOffer"]["userErrors"][0]["message"] == (
            "오퍼 'WELCOME'은(는) 이 고객에게 줄 수 없습니다. 필요한 조건: 나이 20~29세"
        )

    async def test_they_are_told_as_they_stand(self, api: Api) -> None:
        payload = await mutate(
            api,
            "createOffer",
            """offer {
                category { path }
                eligibility { kind among minAge maxAge attribute product { code } category { name } }
                exclusions { kind product { code } } excludedCustomers(first: 5) { nodes { name } } version
            }""",
            {
                "code": "BEST",
                "name": "Best drink",
                "kind": "CORE",
                "categoryId": id_of("Category", 2),
                "eligibility": [
                    {"regions": ["서울"]},
                    {"age": {"max": 0}},
                    {"attribute": {"name": "hobby", "among": ["golf"]}},
                    {"boughtCategoryId": id_of("Category", 1)},
                ],
                "exclusions": [{"boughtProductId": TEA}],
                "excludedCustomerIds": [LEE, LEE],
            },
        )

        nothing: dict[str, Any] = {
            "among": [],
            "minAge": None,
            "maxAge": None,
            "attribute": None,
            "product": None,
            "category": None,
        }
        assert payload == {
            "offer": {
                "category": {"path": ["식품", "음료"]},
                "eligibility": [
                    {**nothing, "kind": "REGION", "among": ["서울"]},
                    {**nothing, "kind": "AGE", "maxAge": 0},
                    {**nothing, "kind": "ATTRIBUTE", "among": ["golf"], "attribute": "hobby"},
                    {**nothing, "kind": "BOUGHT_CATEGORY", "category": {"name": "식품"}},
                ],
                "exclusions": [{"kind": "BOUGHT_PRODUCT", "product": {"code": "TEA"}}],
                "excludedCustomers": {"nodes": [{"name": "이손님"}]},
                "version": 1,
            },
            "userErrors": [],
        }

    async def test_the_same_lists_again_write_nothing(self, api: Api, rows: Rows) -> None:
        lists: dict[str, Any] = {
            "eligibility": [{"regions": ["서울"]}],
            "exclusions": [],
            "excludedCustomerIds": [KIM],
        }
        await set_rules(api, **lists)

        await set_rules(api, 2, **lists)

        assert await rows("SELECT version FROM offers") == [(2,)]

    async def test_who_is_excluded_by_name_is_refused(self, api: Api) -> None:
        await set_rules(api, excludedCustomerIds=[LEE])

        assert await grant(api, LEE) == [("EXCLUDED", ["customerId"])]
        assert await grant(api, KIM) == []

    @pytest.mark.parametrize(
        ("change", "path"),
        [
            ({"eligibility": [{"regions": []}]}, ["eligibility", "0"]),
            ({"eligibility": [{"regions": ["a"]}, {"regions": ["b", " "]}]}, ["eligibility", "1"]),
            ({"eligibility": [{"regions": ["a"]}] * 21}, ["eligibility"]),
            ({"exclusions": [{"age": {}}]}, ["exclusions", "0"]),
            ({"exclusions": [{"age": {"min": -1}}]}, ["exclusions", "0"]),
            ({"exclusions": [{"age": {"min": 30, "max": 29}}]}, ["exclusions", "0"]),
            (
                {"exclusions": [{"attribute": {"name": "none", "among": ["x"]}}]},
                ["exclusions", "0", "attribute"],
            ),
            ({"exclusions": [{"boughtProductId": KIM}]}, ["exclusions", "0", "boughtProductId"]),
            ({"exclusions": [{"boughtProductId": id_of("Product", 99)}]}, ["exclusions", "0", "productId"]),
            (
                {"exclusions": [{"boughtCategoryId": id_of("Category", 99)}]},
                ["exclusions", "0", "categoryId"],
            ),
            ({"excludedCustomerIds": [KIM, id_of("Customer", 99)]}, ["excludedCustomerIds", "1"]),
            ({"excludedCustomerIds": [TEA]}, ["excludedCustomerIds", "0"]),
            ({"excludedCustomerIds": [KIM] * 1001}, ["excludedCustomerIds"]),
            ({"categoryId": id_of("Category", 99)}, ["categoryId"]),
            ({"categoryId": id_of("Category", 1), "productId": TEA}, ["categoryId"]),
            ({"categoryId": id_of("Category", 1), "kind": "REWARD_GIFT"}, ["categoryId"]),
        ],
        ids=lambda given: str(given)[:60],
    )
    async def test_a_bad_rule_is_told_with_its_place_and_changes_nothing(
        self, api: Api, rows: Rows, change: dict[str, Any], path: list[str]
    ) -> None:
        told = {"id": OFFER, "expectedVersion": 1, "quantityLimit": 5, **change}

        payload = await mutate(api, "updateOffer", "", told)

        assert refusals(payload) == [("VALIDATION", path)]
        assert await rows("SELECT quantity_limit, version FROM offers") == [(None, 1)]
        assert await rows("SELECT count(*) FROM offer_rules") == [(0,)]


class TestGrantOffers:
    async def _grant(self, api: Api, *customers: str, as_: Any = None, **told: Any) -> Any:
        given = {"offerId": OFFER, "customerIds": list(customers), **told}
        return await mutate(api, "grantOffers", RESULTS, given, as_=as_)

    async def test_each_customer_has_his_result_in_his_place(self, api: Api, rows: Rows) -> None:
        await set_rules(api, eligibility=[{"customerKinds": ["PERSON"]}])
        await rows("INSERT INTO customers (id, name) VALUES (3, '박손님') RETURNING id")

        payload = await self._grant(
            api, LEE, id_of("Customer", 3), KIM, KIM, TEA, id_of("Customer", 99), reason="spring"
        )

        assert payload["userErrors"] == []
        assert [
            (each["index"], each["status"], [(error["code"], error["path"]) for error in each["userErrors"]])
            for each in payload["results"]
        ] == [
            (0, "REJECTED", [("NOT_ELIGIBLE", ["customerIds", "0"])]),
            (1, "CREATED", []),
            (2, "CREATED", []),
            (3, "REJECTED", [("DUPLICATE_IN_BATCH", ["customerIds", "3"])]),
            (4, "REJECTED", [("VALIDATION", ["customerIds", "4"])]),
            (5, "REJECTED", [("NOT_FOUND", ["customerIds", "5"])]),
        ]
        assert [each["offerGrant"] for each in payload["results"]] == [
            None,
            {"state": "PROPOSED", "customer": {"name": "박손님"}},
            {"state": "PROPOSED", "customer": {"name": "김단골"}},
            None,
            None,
            None,
        ]
        assert await rows("SELECT customer_id, reason FROM offer_grants ORDER BY 1") == [
            (1, "spring"),
            (3, "spring"),
        ]
        assert await rows("SELECT state, count(*) FROM offer_grant_states GROUP BY 1") == [("PROPOSED", 2)]

    async def test_used_up_on_the_way_the_rest_is_refused(self, api: Api, rows: Rows) -> None:
        await set_rules(api, quantityLimit=2, excludedCustomerIds=[LEE])
        await rows("INSERT INTO customers (id, name) VALUES (3, 'c'), (4, 'd') RETURNING id")

        payload = await self._grant(api, LEE, KIM, id_of("Customer", 3), id_of("Customer", 4))

        assert [each["userErrors"] for each in payload["results"]] == [
            [{"code": "EXCLUDED", "path": ["customerIds", "0"]}],
            [],
            [],
            [{"code": "OFFER_EXHAUSTED", "path": ["customerIds", "3"]}],
        ]

    async def test_an_agents_budget_is_spent_customer_by_customer(self, api: Api, rows: Rows) -> None:
        won = {"amount": "5000", "currency": "KRW"}
        budget = {"amount": "9999", "currency": "KRW"}
        await set_rules(api, agentGrantable=True, value=won, agentMonthlyBudget=budget)
        await rows("INSERT INTO customers (id, name, owner_id) VALUES (3, 'c', 1) RETURNING id")

        payload = await self._grant(api, KIM, LEE, id_of("Customer", 3), as_=AGENT)

        assert [each["userErrors"] for each in payload["results"]] == [
            [],
            [{"code": "NOT_FOUND", "path": ["customerIds", "1"]}],
            [{"code": "BUDGET_SPENT", "path": ["customerIds", "2"]}],
        ]

    @pytest.mark.parametrize(
        ("terms", "told", "code", "path"),
        [
            ({}, {"customerIds": []}, "VALIDATION", ["customerIds"]),
            ({}, {"customerIds": [KIM] * 1001}, "VALIDATION", ["customerIds"]),
            ({}, {"offerId": id_of("Offer", 99)}, "NOT_FOUND", ["offerId"]),
            ({}, {"offerId": KIM}, "VALIDATION", ["offerId"]),
            ({}, {"reason": " "}, "VALIDATION", ["reason"]),
            ({"validTo": "2020-02-01T00:00:00Z"}, {}, "OFFER_NOT_VALID", ["offerId"]),
        ],
        ids=lambda given: str(given)[:40],
    )
    async def test_what_refuses_all_grants_nothing(
        self,
        api: Api,
        rows: Rows,
        terms: dict[str, Any],
        told: dict[str, Any],
        code: str,
        path: list[str],
    ) -> None:
        if terms:
            await set_rules(api, **terms)

        payload = await mutate(api, "grantOffers", RESULTS, {"offerId": OFFER, "customerIds": [KIM], **told})

        assert payload["results"] == []
        assert refusals(payload) == [(code, path)]
        assert await rows("SELECT id FROM offer_grants") == []

    async def test_a_thousand_customers_are_granted_it_in_one_call(self, api: Api, rows: Rows) -> None:
        await rows(
            "INSERT INTO customers (id, name, kind) SELECT 1000 + i, 'c', CASE WHEN i % 2 = 0 THEN 'PERSON'"
            " ELSE 'ORGANISATION' END FROM generate_series(1, 1000) i RETURNING id"
        )
        await set_rules(api, eligibility=[{"customerKinds": ["PERSON"]}])
        document = (
            """mutation ($input: GrantOffersInput!) { grantOffers(input: $input) { results { status } } }"""
        )
        told = {"offerId": OFFER, "customerIds": [id_of("Customer", 1000 + i) for i in range(1, 1001)]}

        found = await api.data(document, {"input": told})

        statuses = [each["status"] for each in found["grantOffers"]["results"]]
        assert statuses == ["REJECTED", "CREATED"] * 500
        assert await rows("SELECT count(*) FROM offer_grants") == [(500,)]


class TestOffers:
    async def test_a_list_screen_narrows_and_orders_them(self, api: Api, rows: Rows) -> None:
        await rows(
            "INSERT INTO offers (id, code, name, kind, valid_from, valid_to, category_id, agent_grantable) VALUES"
            " (2, 'OLD', '봄 할인', 'PROACTIVE_DISCOUNT', '2020-01-01 00:00+00', '2021-01-01 00:00+00', NULL, true),"
            " (3, 'BEST', '추천 음료', 'CORE', '2020-01-01 00:00+00', '2999-01-01 00:00+00', 2, false) RETURNING id"
        )
        await grant(api, KIM)

        async def codes(arguments: str) -> list[str]:
            found = await api.data(f"{{ offers(first: 10, {arguments}) {{ nodes {{ code }} }} }}")
            return [each["code"] for each in found["offers"]["nodes"]]

        by_code = "orderBy: [{field: CODE}]"
        assert await codes(f"filter: {{validNow: {{eq: true}}}}, {by_code}") == ["BEST", "WELCOME"]
        assert await codes('filter: {category: {inCategory: {name: {eq: "식품"}}}}') == ["BEST"]
        assert await codes("filter: {agentGrantable: {eq: true}}") == ["OLD"]
        assert await codes("filter: {grants: {some: {state: {eq: PROPOSED}}}}") == ["WELCOME"]
        assert await codes('search: "ㅎㅇ"') == ["OLD"]
        assert await codes("orderBy: [{field: VALID_TO, direction: DESC}]") == ["BEST", "OLD", "WELCOME"]
