"""Custom attributes through the API: declared, given to customers, retired."""

from typing import Any

import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate, refusals

KIM = id_of("Customer", 1)
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
        asked = (
            "customer { attributes(first: 50) { nodes { name value number text } } "
            "confidentialAttributes(first: 50) { nodes { name text } } }"
        )

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
            "customer { attributes(first: 50) { nodes { name } } }",
            {"id": KIM, "expectedVersion": 2, "attributes": [{"name": "pets", "value": None}]},
        )

        assert payload["customer"] == {
            "attributes": {"nodes": [{"name": "pets", "value": "2.5", "number": "2.5", "text": None}]},
            "confidentialAttributes": {"nodes": [{"name": "hobby", "text": "golf"}]},
        }
        assert found == {
            "some": {"nodes": [{"id": KIM}]},
            "none": {"nodes": []},
            "secret": {"nodes": [{"id": KIM}]},
        }
        assert cleared["customer"] == {"attributes": {"nodes": []}}

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

        await api.data(
            "{ customers(first: 1) { nodes { attributes(first: 50) { nodes { value } } } } }", as_=analyst
        )
        for document in (
            "{ customers(first: 1) { nodes { confidentialAttributes(first: 50) { nodes { value } } } } }",
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
            "customer { attributes(first: 50) { nodes { value } } }",
            {"id": KIM, "expectedVersion": 2, "attributes": value},
        )

        assert refusals(payload) == [("ATTRIBUTE_RETIRED", ["attributes", "0", "name"])]
        data = await api.data(
            "{ customers(first: 9) { nodes { attributes(first: 50) { nodes { value } } } } }"
        )
        assert {"attributes": {"nodes": [{"value": "1"}]}} in data["customers"]["nodes"]

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
