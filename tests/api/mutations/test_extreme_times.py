"""The first and the last moments and days of the store's years: written, found, shown and paged like any others."""

from typing import Any

import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate, refusals
from tests.api.mutations.conftest import Rows

FIRST, LAST = "0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z"
TIMES = {"first": FIRST, "plain": "2026-01-01T00:00:00.000000Z", "last": LAST}


async def made(api: Api) -> None:
    """Three offers more, valid from the first, a plain and the last moment on."""
    for code, moment in TIMES.items():
        told = {"code": code, "name": code, "kind": "CORE", "validFrom": moment}
        assert refusals(await mutate(api, "createOffer", "", told)) == []


async def found(api: Api, condition: dict[str, Any]) -> list[str]:
    asked = """query ($c: OfferFilter) {
        offers(first: 9, filter: $c, orderBy: {field: VALID_FROM}) { nodes { validFrom } } }"""
    condition = {"validFrom": condition, "code": {"in": list(TIMES)}}
    data = await api.data(asked, {"c": condition})
    return [node["validFrom"] for node in data["offers"]["nodes"]]


class TestMoments:
    async def test_they_are_stored_as_they_are(self, api: Api, rows: Rows) -> None:
        await made(api)

        assert await rows("SELECT valid_from::text FROM offers WHERE id > 1 ORDER BY valid_from") == [
            ("0001-01-01 00:00:00+00",),
            ("2026-01-01 00:00:00+00",),
            ("9999-12-31 23:59:59.999999+00",),
        ]

    @pytest.mark.parametrize(
        ("condition", "expected"),
        [
            ({"eq": FIRST}, [FIRST]),
            ({"eq": "0001-01-01T09:00:00+09:00"}, [FIRST]),
            ({"gte": LAST}, [LAST]),
            ({"lt": LAST}, [FIRST, TIMES["plain"]]),
            ({"gt": FIRST, "lte": LAST}, [TIMES["plain"], LAST]),
        ],
        ids=str,
    )
    async def test_filters_find_them(self, api: Api, condition: dict[str, Any], expected: list[str]) -> None:
        await made(api)

        assert await found(api, condition) == expected

    @pytest.mark.parametrize("way", ["ASC", "DESC"])
    async def test_pages_go_on_behind_them(self, api: Api, way: str) -> None:
        await made(api)
        asked = """query ($after: String, $way: Direction!) {
            offers(first: 1, after: $after, orderBy: {field: VALID_FROM, direction: $way}) {
                nodes { validFrom } pageInfo { endCursor } } }"""
        seen, after = [], None

        for _ in range(4):
            page = (await api.data(asked, {"after": after, "way": way}))["offers"]
            seen += [node["validFrom"] for node in page["nodes"]]
            after = page["pageInfo"]["endCursor"]

        assert seen == sorted([*TIMES.values(), "2020-01-01T00:00:00.000000Z"], reverse=way == "DESC")

    @pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+09:00", "9999-12-31T23:59:59.999999-00:01"])
    async def test_what_lies_outside_in_utc_is_the_callers_error(self, api: Api, moment: str) -> None:
        document = "mutation ($i: CreateOfferInput!) { createOffer(input: $i) { userErrors { code path } } }"
        told = {"code": "out", "name": "out", "kind": "CORE", "validFrom": moment}

        response = await api.post(document, {"i": told})

        assert response.status_code == 400
        [error] = response.json()["errors"]
        assert error["extensions"]["code"] in ("BAD_REQUEST", "VALIDATION")


class TestDays:
    async def test_they_are_stored_shown_and_found(self, api: Api) -> None:
        told = {"name": "옛손님", "birthOn": "0001-01-01", "joinedOn": "9999-12-31"}
        created = await mutate(api, "createCustomer", "customer { id birthOn joinedOn }", told)
        data = await api.data(
            """{ customers(first: 9, filter: {birthOn: {eq: "0001-01-01"}, joinedOn: {gte: "9999-12-31"}}) {
                nodes { id } } }"""
        )

        assert created["userErrors"] == []
        assert created["customer"]["birthOn"] == "0001-01-01"
        assert data["customers"]["nodes"] == [{"id": created["customer"]["id"]}]

    async def test_an_order_of_the_first_moment_is_upserted_once(self, api: Api, rows: Rows) -> None:
        document = """mutation ($i: UpsertOrdersInput!) { upsertOrders(input: $i) {
            rows { status userErrors { message path } } userErrors { message } } }"""
        order = {
            "key": {"external": {"system": "erp", "id": "old"}},
            "number": "old",
            "orderedAt": FIRST,
            "currency": "KRW",
            "customer": {"id": id_of("Customer", 1)},
        }

        statuses = []
        for _ in range(2):
            data = await api.data(document, {"i": {"policy": "REJECT_ALL", "rows": [order]}})
            statuses += [row["status"] for row in data["upsertOrders"]["rows"]]

        assert statuses == ["CREATED", "UNCHANGED"]
        assert await rows("SELECT ordered_at::text FROM orders WHERE number = 'old'") == [
            ("0001-01-01 00:00:00+00",)
        ]
