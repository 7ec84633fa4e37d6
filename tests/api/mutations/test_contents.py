"""Contents are created, changed, found and retired."""

from typing import Any

import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate, refusals
from tests.api.mutations.conftest import Rows

TEA = id_of("Product", 1)
NEW = {"title": "녹차 고르기", "language": "ko", "body": "one\ntwo"}
SHOWN = """content {
    title body url language topics products(first: 5) { nodes { code } } validFrom validTo current retiredAt version
}"""


async def create(api: Api, **more: Any) -> str:
    payload = await mutate(api, "createContent", "content { id }", {**NEW, **more})
    assert payload["userErrors"] == []
    made: str = payload["content"]["id"]
    return made


async def titles(api: Api, arguments: str) -> list[str]:
    found = await api.data(f"{{ contents(first: 10, {arguments}) {{ nodes {{ title }} }} }}")
    return [each["title"] for each in found["contents"]["nodes"]]


class TestCreateContent:
    async def test_one_that_is_valid_from_now_on_is_current_at_once(self, api: Api) -> None:
        payload = await mutate(api, "createContent", "content { current }", NEW)

        assert payload["content"] == {"current": True}

    async def test_the_content_is_told_as_it_stands(self, api: Api) -> None:
        told = {
            **NEW,
            "topics": ["tea", "gift", "tea"],
            "productIds": [TEA],
            "validFrom": "2026-01-01T09:00:00+09:00",
            "validTo": "2026-02-01T00:00:00Z",
        }

        payload = await mutate(api, "createContent", SHOWN, told)

        assert payload == {
            "content": {
                "title": "녹차 고르기",
                "body": "one\ntwo",
                "url": None,
                "language": "ko",
                "topics": ["tea", "gift"],
                "products": {"nodes": [{"code": "TEA"}]},
                "validFrom": "2026-01-01T00:00:00.000000Z",
                "validTo": "2026-02-01T00:00:00.000000Z",
                "current": False,
                "retiredAt": None,
                "version": 1,
            },
            "userErrors": [],
        }

    @pytest.mark.parametrize(
        ("change", "path"),
        [
            ({"body": None}, ["body"]),
            ({"url": "https://example.com"}, ["url"]),
            ({"body": None, "url": "javascript:alert(1)"}, ["url"]),
            ({"body": None, "url": "https://"}, ["url"]),
            ({"body": None, "url": "https://[x"}, ["url"]),
            ({"language": "korean"}, ["language"]),
            ({"language": "KO"}, ["language"]),
            ({"title": " "}, ["title"]),
            ({"topics": ["a", ""]}, ["topics", "1"]),
            ({"topics": ["t"] * 21}, ["topics"]),
            ({"productIds": [TEA, id_of("Product", 99)]}, ["productIds", "1"]),
            ({"productIds": [id_of("Offer", 1)]}, ["productIds", "0"]),
            ({"validFrom": "2026-01-01T00:00:00Z", "validTo": "2026-01-01T00:00:00Z"}, ["validTo"]),
            ({"validFrom": None}, ["validFrom"]),
        ],
    )
    async def test_what_is_refused_is_told_with_its_place_and_leaves_nothing(
        self, api: Api, rows: Rows, change: dict[str, Any], path: list[str]
    ) -> None:
        payload = await mutate(api, "createContent", "content { id }", {**NEW, **change})

        assert payload["content"] is None
        assert refusals(payload) == [("VALIDATION", path)]
        assert await rows("SELECT id FROM contents") == []


class TestUpdateContent:
    async def test_what_is_absent_is_left_and_lists_are_replaced(self, api: Api, rows: Rows) -> None:
        await rows("INSERT INTO products (id, code, name) VALUES (2, 'CUP', '잔') RETURNING id")
        content = await create(api, topics=["tea"], productIds=[TEA])

        payload = await mutate(
            api,
            "updateContent",
            SHOWN,
            {
                "id": content,
                "expectedVersion": 1,
                "body": None,
                "url": "https://example.com/tea",
                "productIds": [id_of("Product", 2)],
            },
        )

        found = payload["content"]
        assert payload["userErrors"] == []
        assert (found["title"], found["body"], found["url"]) == (
            NEW["title"],
            None,
            "https://example.com/tea",
        )
        assert (found["topics"], found["products"]) == (["tea"], {"nodes": [{"code": "CUP"}]})
        assert (found["version"], found["current"]) == (2, True)

    async def test_the_same_products_again_write_nothing(self, api: Api, rows: Rows) -> None:
        content = await create(api, productIds=[TEA])

        await mutate(
            api, "updateContent", "", {"id": content, "expectedVersion": 1, "productIds": [TEA, TEA]}
        )

        assert await rows("SELECT version FROM contents") == [(1,)]
        assert await rows("SELECT product_id FROM content_products") == [(1,)]

    @pytest.mark.parametrize(
        ("change", "code", "path"),
        [
            ({"expectedVersion": 7}, "STALE_VERSION", ["expectedVersion"]),
            ({"id": id_of("Content", 99_999)}, "NOT_FOUND", ["id"]),
            ({"id": TEA}, "VALIDATION", ["id"]),
            ({"title": None}, "VALIDATION", ["title"]),
            ({"language": None}, "VALIDATION", ["language"]),
            ({"body": None}, "VALIDATION", ["body"]),
            ({"validTo": "2019-01-01T00:00:00Z"}, "VALIDATION", ["validTo"]),
        ],
    )
    async def test_what_is_refused_changes_nothing(
        self, api: Api, rows: Rows, change: dict[str, Any], code: str, path: list[str]
    ) -> None:
        content = await create(api)

        payload = await mutate(
            api, "updateContent", "", {"id": content, "expectedVersion": 1, "topics": ["new"], **change}
        )

        assert refusals(payload) == [(code, path)]
        assert await rows("SELECT topics, version FROM contents") == [([], 1)]


class TestRetireContent:
    async def test_it_is_current_no_more_and_stays_as_it_is(self, api: Api) -> None:
        content = await create(api)

        retired = await mutate(
            api,
            "retireContent",
            "content { current retiredAt version }",
            {"id": content, "expectedVersion": 1},
        )
        again = await mutate(api, "retireContent", "content { id }", {"id": content, "expectedVersion": 2})
        changed = await mutate(
            api, "updateContent", "content { id }", {"id": content, "expectedVersion": 2, "title": "x"}
        )

        assert (retired["content"]["current"], retired["content"]["version"]) == (False, 2)
        assert retired["content"]["retiredAt"] is not None
        for payload in (again, changed):
            assert refusals(payload) == [("CONTENT_RETIRED", ["id"])]
            assert payload["content"] == {"id": content}

    async def test_who_sells_may_and_nobody_else(self, api: Api) -> None:
        document = (
            "mutation ($input: CreateContentInput!) { createContent(input: $input) { content { id } } }"
        )

        for role in ("AGENT", "ANALYST", "VIEWER", "INTEGRATION"):
            [error] = await api.errors(document, {"input": NEW}, as_={"role": role})
            assert error["extensions"]["code"] == "FORBIDDEN"
        assert (await mutate(api, "createContent", "", NEW, as_={"role": "MARKETER"}))["userErrors"] == []


class TestContents:
    async def test_they_are_narrowed_and_searched(self, api: Api) -> None:
        await create(api, title="가격표", topics=["price"])
        await create(api, title="Guide", language="en-GB", topics=["tea", "price"], productIds=[TEA])
        await create(api, title="녹차", validTo="2999-01-01T00:00:00Z")

        assert await titles(api, 'filter: {language: {eq: "en-GB"}}') == ["Guide"]
        assert await titles(api, 'filter: {topics: {has: "price"}}') == ["Guide", "가격표"]
        assert await titles(api, 'filter: {topics: {has: "pric"}}') == []
        assert await titles(api, 'filter: {not: {topics: {has: "price"}}}') == ["녹차"]
        assert await titles(api, 'filter: {products: {some: {code: {eq: "TEA"}}}}') == ["Guide"]
        assert await titles(api, "filter: {validTo: {isNull: false}}") == ["녹차"]
        assert await titles(api, 'search: "ㄴㅊ"') == ["녹차"]
        assert await titles(api, "orderBy: [{field: TITLE, direction: DESC}]") == ["녹차", "가격표", "Guide"]

    async def test_a_product_shows_those_that_are_about_it_page_by_page(self, api: Api) -> None:
        for title in ("a", "b"):
            await create(api, title=title, productIds=[TEA])
        await create(api, title="c")
        document = """query ($after: String) { productBy(key: {code: "TEA"}) {
            contents(first: 1, after: $after) { totalCount nodes { title } pageInfo { hasNextPage endCursor } }
            narrowed: contents(first: 9, filter: {title: {eq: "b"}, current: {eq: true}}) { nodes { title } }
        } }"""

        first = (await api.data(document))["productBy"]
        after = first["contents"]["pageInfo"]["endCursor"]
        second = (await api.data(document, {"after": after}))["productBy"]

        assert (first["contents"]["totalCount"], first["contents"]["nodes"]) == (2, [{"title": "a"}])
        assert second["contents"]["nodes"] == [{"title": "b"}]
        assert second["contents"]["pageInfo"]["hasNextPage"] is False
        assert first["narrowed"] == {"nodes": [{"title": "b"}]}
