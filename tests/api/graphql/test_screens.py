"""What lists of screens ask for: grants of everybody, what changed lately, who lives with whom; against plain SQL."""

from typing import Any

import pytest

from api.backend import Backend
from domain.selection import ids
from tests.api.graphql.asking import Api

FIRST = ids.made("Customer", 1)

SCREENS: dict[str, tuple[str, str, str, str]] = {
    "open grants of everybody, the newest first": (
        "offerGrants",
        "OfferGrant",
        "first: 20, filter: {state: {eq: VIEWED}}, orderBy: [{field: GRANTED_AT, direction: DESC}]",
        "SELECT id FROM offer_grants WHERE state = 'VIEWED' ORDER BY granted_at DESC, id DESC",
    ),
    "households of a person": (
        "households",
        "Household",
        f'first: 9, filter: {{members: {{some: {{untilOn: {{isNull: true}}, customer: {{id: {{eq: "{FIRST}"}}}}}}}}}}',
        "SELECT household_id FROM household_members WHERE until_on IS NULL AND customer_id = 1",
    ),
    "cases by their subject": (
        "cases",
        "Case",
        'first: 20, filter: {subject: {contains: "case-1"}}, orderBy: [{field: STATE}, {field: ID}]',
        "SELECT id FROM cases WHERE subject LIKE '%case-1%' ORDER BY state COLLATE \"C\", id",
    ),
    "tasks by their title": (
        "tasks",
        "Task",
        'first: 20, filter: {title: {contains: "task-1"}}, orderBy: [{field: ID}]',
        "SELECT id FROM tasks WHERE title LIKE '%task-1%' ORDER BY id",
    ),
    "orders that were changed since": (
        "orders",
        "Order",
        'first: 50, filter: {updatedAt: {gte: "2020-01-01T00:00:00Z"}}, orderBy: [{field: NUMBER}]',
        "SELECT id FROM orders WHERE updated_at >= '2020-01-01 00:00+00' ORDER BY number COLLATE \"C\", id",
    ),
    "customers with so many points": (
        "customers",
        "Customer",
        'first: 50, filter: {pointsBalance: {in: ["0", "7"], between: {from: "-1", to: "0"}}}, orderBy: [{field: ID}]',
        "SELECT id FROM customers ORDER BY id",
    ),
    "customers by their last order": (
        "customers",
        "Customer",
        'first: 50, filter: {lastOrderAt: {lt: "2026-02-12T00:00:00Z"}}, orderBy: [{field: LAST_ORDER_AT}]',
        (
            "SELECT c.id FROM customers c JOIN orders o ON o.customer_id = c.id "
            "WHERE EXISTS (SELECT FROM order_lines l WHERE l.order_id = o.id AND l.kind = 'SALE') "
            "GROUP BY c.id HAVING max(o.ordered_at) < '2026-02-12 00:00+00' ORDER BY max(o.ordered_at), c.id"
        ),
    ),
}


class TestLists:
    @pytest.mark.parametrize("screen", SCREENS)
    async def test_show_what_sql_finds(self, api: Api, backend: Backend, screen: str) -> None:
        field, type_name, arguments, statement = SCREENS[screen]
        expected = [ids.made(type_name, row[0]) for row in await backend.reads.fetch(statement)]

        data = await api.data(f"{{ {field}({arguments}) {{ nodes {{ id }} totalCount }} }}")

        assert expected
        assert [node["id"] for node in data[field]["nodes"]] == expected
        assert data[field]["totalCount"] == len(expected)


class TestRights:
    @pytest.mark.parametrize(
        "asked",
        ['cases(first: 1, filter: {subject: {eq: "x"}})', 'tasks(first: 1, filter: {title: {eq: "x"}})'],
    )
    async def test_what_may_not_be_seen_is_no_filter(self, api: Api, asked: str) -> None:
        analyst: dict[str, Any] = {"role": "ANALYST"}

        [error] = (await api.post(f"{{ {asked} {{ nodes {{ id }} }} }}", as_=analyst)).json()["errors"]

        assert error["extensions"]["code"] == "FORBIDDEN"
