"""What belongs to one row may be much: no answer resolves more objects than its cost said in advance."""

from typing import Any

import asyncpg

from domain.selection import ids
from tests.api.graphql.asking import Api

MANY = 45
"""More than any list takes."""

FILL = f"""
    INSERT INTO contact_points (customer_id, position, kind, value)
    SELECT 1, i, 'EMAIL', i || '@example.com' FROM generate_series(2, {MANY}) i;
    INSERT INTO customer_external_ids (system, external_id, customer_id)
    SELECT (ARRAY['erp', 'shop'])[1 + i % 2], 'X-' || i, 1 FROM generate_series(2, {MANY}) i;
    INSERT INTO product_external_ids (system, external_id, product_id)
    SELECT 'erp', 'X-' || i, 1 FROM generate_series(1, {MANY}) i;
    INSERT INTO product_attributes (product_id, name, value) SELECT 1, 'a' || i, i FROM generate_series(1, {MANY}) i;
    INSERT INTO customer_attributes (name, type, label_en, label_ko)
    SELECT 'a' || i, 'NUMBER', 'A', 'A' FROM generate_series(1, {MANY}) i;
    INSERT INTO customer_attribute_values (customer_id, attribute, number_value)
    SELECT 1, 'a' || i, i FROM generate_series(1, {MANY}) i;
    INSERT INTO customer_merges (merged_id, kept_id, merged_at, origin)
    SELECT 1000 + i, 1, timestamptz '2026-01-01 00:00+00' + i / 2 * interval '1 day', 'user:kim'
    FROM generate_series(1, {MANY}) i;
    INSERT INTO customer_lifecycle_stages (customer_id, stage, since)
    SELECT 1, 'NEW', timestamptz '2026-01-01 00:00+00' + i * interval '1 day' FROM generate_series(1, {MANY}) i;
    INSERT INTO branches (id, code, name, kind)
    SELECT 1000 + i, 'B' || i, 'B', 'SHOP' FROM generate_series(1, {MANY}) i;
    INSERT INTO user_branches (user_id, branch_id) SELECT 1, 1000 + i FROM generate_series(1, {MANY}) i;
    INSERT INTO consents (customer_id, purpose, channel, given, at, source)
    SELECT 1, p, c, true, timestamptz '2026-01-01 00:00+00' - (c IS NULL)::int * interval '1 day', 'WEB'
    FROM unnest(ARRAY['MARKETING', 'SURVEY', 'THIRD_PARTY', 'NIGHT_MARKETING', 'PERSONALISATION']) p,
         unnest(ARRAY['STORE', 'WEB', 'MOBILE', 'EMAIL', 'SMS', 'CHAT', 'LETTER', 'INBOUND_CALL', 'OUTBOUND_CALL',
                      'SALES_VISIT', 'SERVICE_VISIT', NULL]) c, generate_series(1, 2);
    INSERT INTO orders (id, source_system, source_id, number, ordered_at, currency, customer_id)
    SELECT 1000 + row_number() OVER (), 'erp', code, code, '2026-01-01 00:00:00+00', code, 1
    FROM currencies ORDER BY code LIMIT {MANY};
    INSERT INTO order_lines (order_id, position, kind, product_id, quantity, unit_price)
    SELECT id, 1, 'SALE', 1, 1, 1 FROM orders WHERE id > 1000;
    INSERT INTO cases (id, kind, channel, state, priority, subject, opened_at)
    VALUES (1, 'ENQUIRY', 'WEB', 'NEW', 'LOW', 'x', '2026-01-01 00:00+00');
    INSERT INTO case_moves (case_id, from_state, to_state, moved_at)
    SELECT 1, 'NEW', 'OPEN', timestamptz '2026-01-01 00:00+00' FROM generate_series(1, {MANY});
"""

LISTS = [
    ("Customer", "contactPoints { value }", 20),
    ("Customer", "externalIds { id }", 20),
    ("Customer", "netRevenue { amount }", 20),
    ("Customer", "currentConsents { given }", 60),
    ("Product", "externalIds { id }", 20),
    ("User", "branches { code }", 20),
]
PAGES = [
    ("Customer", "allContactPoints", "value"),
    ("Customer", "allExternalIds", "system id"),
    ("Customer", "attributes", "name"),
    ("Customer", "merges", "mergedId"),
    ("Customer", "lifecycleStages", "since"),
    ("Product", "allExternalIds", "system id"),
    ("Product", "attributes", "name"),
    ("User", "allBranches", "code"),
]


async def _fill(database: str) -> None:
    connection = await asyncpg.connect(database)
    await connection.execute(FILL)
    await connection.close()


def objects(value: Any) -> int:
    """How many objects of which something was asked."""
    match value:
        case dict():
            return bool(value) + sum(map(objects, value.values()))
        case list():
            return sum(map(objects, value))
    return 0


def _asked(type_name: str, field: str) -> str:
    return f'{{ node(id: "{ids.made(type_name, 1)}") {{ ... on {type_name} {{ {field} }} }} }}'


async def _answer(api: Api, document: str) -> Any:
    response = await api.post(document)
    assert response.status_code == 200, response.text
    answer = response.json()
    told = answer["extensions"]["cost"]
    resolved = objects(answer["data"]) - 1  # `data` itself
    assert resolved <= told["requested"]
    assert told["actual"] == resolved
    return answer["data"]["node"]


class TestManyRows:
    async def test_a_list_has_as_many_as_it_costs(self, api: Api, database: str) -> None:
        await _fill(database)

        for type_name, field, most in LISTS:
            (found,) = (await _answer(api, _asked(type_name, field))).values()

            assert len(found) == most, field

    async def test_a_page_has_as_many_as_it_asks_for(self, api: Api, database: str) -> None:
        await _fill(database)

        case = await _answer(api, _asked("Case", "moves(first: 41) { nodes { toState } totalCount }"))

        assert len(case["moves"]["nodes"]) == 41
        assert case["moves"]["totalCount"] == MANY

    async def test_page_after_page_has_every_row_once_in_both_directions(
        self, api: Api, database: str
    ) -> None:
        await _fill(database)

        for type_name, field, shown in PAGES:
            whole = f"{field}(first: 100) {{ nodes {{ {shown} }} }}"
            expected = (await _answer(api, _asked(type_name, whole)))[field]["nodes"]

            forward = await _walk(
                api, type_name, field, shown, ("first", "after", "endCursor", "hasNextPage")
            )
            back = await _walk(
                api, type_name, field, shown, ("last", "before", "startCursor", "hasPreviousPage")
            )

            assert len(expected) == MANY, field
            assert [row for page in forward for row in page] == expected
            assert [row for page in reversed(back) for row in page] == expected


async def _walk(
    api: Api, type_name: str, field: str, shown: str, way: tuple[str, str, str, str]
) -> list[list[Any]]:
    size, beyond, cursor, more = way
    pages: list[list[Any]] = []
    window = f"{size}: 20"
    while True:
        asked = f"{field}({window}) {{ nodes {{ {shown} }} pageInfo {{ {cursor} {more} }} }}"
        page = (await _answer(api, _asked(type_name, asked)))[field]
        pages.append(page["nodes"])
        if not page["pageInfo"][more]:
            return pages
        window = f'{size}: 20, {beyond}: "{page["pageInfo"][cursor]}"'
