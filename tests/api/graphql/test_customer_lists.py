"""What a list of customers may be narrowed and ordered by, against hand-written SQL."""

import asyncpg
import pytest

from domain.selection import ids
from tests.api.graphql.asking import Api

AGE = "extract(year FROM age((now() AT TIME ZONE 'Asia/Seoul')::date, birth_on))"
LAST = "(SELECT max(occurred_at) FROM touchpoints t WHERE t.customer_id = c.id AND t.kind <> 'VIEW')"
VALUE = "EXISTS (SELECT FROM customer_attribute_values v WHERE v.customer_id = c.id AND {})"

FILTERS = {
    "lifecycleStage: {in: [NEW, LAPSED]}": "lifecycle_stage IN ('NEW', 'LAPSED')",
    'lifecycleSince: {lt: "2026-06-01T00:00:00Z"}': "lifecycle_since < '2026-06-01 00:00+00'",
    "gender: {eq: FEMALE}": "gender = 'FEMALE'",
    "birthMonth: {in: [2, 3]}": "extract(month FROM birth_on) IN (2, 3)",
    "age: {gte: 50}": f"{AGE} >= 50",
    "acquiredChannel: {eq: WEB}": "acquired_channel = 'WEB'",
    'occupation: {eq: "의사"}': "occupation = '의사'",
    "contactPoints: {some: {kind: {eq: EMAIL}, verified: {eq: true}}}": (
        "EXISTS (SELECT FROM contact_points p WHERE p.customer_id = c.id AND p.kind = 'EMAIL' AND p.verified)"
    ),
    'attributes: {some: {name: {eq: "pets"}, number: {gte: "1.5"}}}': VALUE.format(
        "attribute = 'pets' AND number_value >= 1.5"
    ),
    'attributes: {some: {name: {eq: "hobby"}, text: {in: ["golf", "x"]}}}': VALUE.format(
        "attribute = 'hobby' AND text_value = 'golf'"
    ),
    'attributes: {some: {name: {eq: "newsletter"}, boolean: {eq: true}}}': VALUE.format(
        "attribute = 'newsletter' AND boolean_value"
    ),
    'attributes: {some: {name: {eq: "health"}}}': "false",
    'confidentialAttributes: {some: {name: {eq: "health"}}}': VALUE.format("attribute = 'health'"),
    'household: {name: {eq: "박씨네"}}': "c.id IN (1, 9)",
    'lastContactAt: {gte: "2026-01-01T02:00:00Z"}': f"{LAST} >= '2026-01-01 02:00+00'",
    "lastContactAt: {isNull: true}": f"{LAST} IS NULL",
    "not: {owner: {}}": "owner_id IS NULL",
}

ORDERS = {
    "JOINED_ON": "joined_on",
    "LAST_CONTACT_AT": LAST,
    "LIFECYCLE_STAGE": "lifecycle_stage",
    "LIFECYCLE_SINCE": "lifecycle_since",
    "REGION": "region",
    "BIRTH_ON": "birth_on",
    "UPDATED_AT": "updated_at",
    "OWNER_NAME": "(SELECT name FROM users u WHERE u.id = owner_id)",
    "HOME_BRANCH_NAME": "(SELECT name FROM branches b WHERE b.id = home_branch_id)",
}


async def _keys(company: str, query: str) -> list[str]:
    connection = await asyncpg.connect(company)
    try:
        return [ids.made("Customer", row["id"]) for row in await connection.fetch(query)]
    finally:
        await connection.close()


class TestFilters:
    @pytest.mark.parametrize("asked", FILTERS)
    async def test_the_filter_finds_what_the_sql_finds(self, api: Api, company: str, asked: str) -> None:
        expected = await _keys(company, f"SELECT id FROM customers c WHERE {FILTERS[asked]} ORDER BY id")

        data = await api.data(
            f"{{ customers(first: 100, filter: {{{asked}}}, orderBy: {{field: ID}}) {{ nodes {{ id }} }} }}"
        )

        assert [node["id"] for node in data["customers"]["nodes"]] == expected


class TestOrders:
    @pytest.mark.parametrize("direction", ["ASC", "DESC"])
    @pytest.mark.parametrize("field", ORDERS)
    async def test_pages_follow_the_order_of_the_sql(
        self, api: Api, company: str, field: str, direction: str
    ) -> None:
        by = f"{ORDERS[field]} {direction} NULLS LAST, id {direction}"
        expected = await _keys(company, f"SELECT id FROM customers c ORDER BY {by}")
        document = (
            f"query ($after: String) {{ customers(first: 4, after: $after, orderBy: {{field: {field},"
            f" direction: {direction}}}) {{ nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }}"
        )

        found: list[str] = []
        page = {"hasNextPage": True, "endCursor": None}
        while page["hasNextPage"]:
            data = await api.data(document, {"after": page["endCursor"]})
            found += [node["id"] for node in data["customers"]["nodes"]]
            page = data["customers"]["pageInfo"]

        assert found == expected


class TestComputed:
    async def test_age_and_last_contact_are_worked_out(self, api: Api, company: str) -> None:
        connection = await asyncpg.connect(company)
        rows = await connection.fetch(
            f"SELECT {AGE}::int AS age, {LAST} AS last FROM customers c ORDER BY id"
        )
        await connection.close()

        data = await api.data(
            "{ customers(first: 100, orderBy: {field: ID}) { nodes { age lastContactAt } } }"
        )

        assert [(node["age"], node["lastContactAt"]) for node in data["customers"]["nodes"]] == [
            (row["age"], row["last"] and row["last"].strftime("%Y-%m-%dT%H:%M:%S.%fZ")) for row in rows
        ]

    async def test_an_analyst_narrows_by_no_contact(self, api: Api) -> None:
        document = (
            "{ customers(first: 1, filter: {contactPoints: {some: {kind: {eq: EMAIL}}}}) { totalCount } }"
        )

        [error] = await api.errors(document, as_={"role": "ANALYST"})

        assert error["extensions"]["code"] == "FORBIDDEN"
