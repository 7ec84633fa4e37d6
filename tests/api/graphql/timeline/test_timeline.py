"""The timeline of a customer is all the customer's lists in one order."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.backend import Backend
from api.permissions import TABLE, Action, Group
from domain.roles import Role
from domain.selection import ids
from tests.api.graphql.asking import Api, Counted

Entry = tuple[datetime, str, int]

OF_ALL = """
    SELECT 'Touchpoint' AS type, 'TOUCHPOINT' AS kind, id, occurred_at AS at FROM touchpoints WHERE customer_id = $1
    UNION ALL SELECT 'Order', 'ORDER', id, ordered_at FROM orders WHERE customer_id = $1
    UNION ALL SELECT 'OfferGrant', 'GRANT', id, granted_at FROM offer_grants WHERE customer_id = $1
    UNION ALL SELECT 'PointsEntry', 'POINTS', id, occurred_at FROM points_entries WHERE customer_id = $1
    UNION ALL SELECT 'Case', 'CASE', id, opened_at FROM cases WHERE customer_id = $1
    UNION ALL SELECT 'Task', 'TASK', id, created_at FROM tasks WHERE customer_id = $1
    UNION ALL SELECT 'Opportunity', 'OPPORTUNITY', id, opened_at FROM opportunities WHERE customer_id = $1
"""
PAGE = """query($id: ID!, $first: Int, $last: Int, $after: String, $before: String, $f: TimelineFilter) {
    customer(id: $id) { timeline(first: $first, last: $last, after: $after, before: $before, filter: $f) {
        edges { cursor node { __typename ... on Node { id } } } nodes { __typename } totalCount
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""
KINDS = ["TOUCHPOINT", "ORDER", "GRANT", "POINTS", "CASE", "TASK", "OPPORTUNITY"]
MIDDLE = datetime(2026, 1, 12, 1, tzinfo=UTC)


async def entries(backend: Backend, customer: int) -> list[Any]:
    """All entries of the customer, newest first, then by type and id downwards."""
    async with backend.reads.acquire() as connection:
        rows = await connection.fetch(OF_ALL, customer)
    return sorted(rows, key=lambda row: (row["at"], row["type"], row["id"]), reverse=True)


async def page(api: Api, customer: int, **window: Any) -> Any:
    data = await api.data(PAGE, {"id": ids.made("Customer", customer), **window})
    return data["customer"]["timeline"]


def found(asked: Any) -> list[str]:
    return [edge["node"]["id"] for edge in asked["edges"]]


def opaque(rows: list[Any]) -> list[str]:
    return [ids.made(row["type"], row["id"]) for row in rows]


class TestPages:
    async def test_every_kind_stands_in_one_order(self, api: Api, backend: Backend) -> None:
        whole = await entries(backend, 2)

        first = await page(api, 2, first=100)

        assert found(first) == opaque(whole)
        assert {edge["node"]["__typename"] for edge in first["edges"]} == {row["type"] for row in whole}
        assert len({row["kind"] for row in whole}) == 7
        assert first["totalCount"] == len(whole)

    @settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        size=st.integers(1, 12),
        backward=st.booleans(),
        after=st.none() | st.integers(0, 40),
        before=st.none() | st.integers(0, 40),
        kinds=st.none() | st.lists(st.sampled_from(KINDS), max_size=4),
    )
    async def test_a_page_is_that_part_of_all_entries(
        self,
        api: Api,
        backend: Backend,
        size: int,
        backward: bool,
        after: int | None,
        before: int | None,
        kinds: list[str] | None,
    ) -> None:
        whole = await entries(backend, 3)
        all_edges = (await page(api, 3, first=100))["edges"]
        cursors = [edge["cursor"] for edge in all_edges]
        window = {"last" if backward else "first": size}
        sides = {side: cursors[at] for side, at in (("after", after), ("before", before)) if at is not None}
        narrowed = {} if kinds is None else {"f": {"kind": {"in": kinds}}}

        asked = await page(api, 3, **window, **sides, **narrowed)

        low = 0 if after is None else after + 1
        high = len(whole) if before is None else before
        span = [row for row in whole[low : max(low, high)] if kinds is None or row["kind"] in kinds]
        kept = span[-size:] if backward else span[:size]
        of_kind = [row for row in whole if kinds is None or row["kind"] in kinds]
        cut = len(span) > size
        assert found(asked) == opaque(kept)
        assert asked["totalCount"] == len(of_kind)
        assert asked["pageInfo"]["startCursor"] == (asked["edges"][0]["cursor"] if kept else None)
        assert asked["pageInfo"]["endCursor"] == (asked["edges"][-1]["cursor"] if kept else None)
        assert asked["pageInfo"]["hasNextPage"] == (
            (cut and not backward) or (before is not None and any(row in of_kind for row in whole[before:]))
        )
        assert asked["pageInfo"]["hasPreviousPage"] == (
            (cut and backward) or (after is not None and any(row in of_kind for row in whole[: after + 1]))
        )

    async def test_forward_and_backward_by_ones_both_see_every_entry_once(
        self, api: Api, backend: Backend
    ) -> None:
        whole = opaque(await entries(backend, 4))
        forward: list[str] = []
        backward: list[str] = []
        cursor = None

        while (asked := await page(api, 4, first=3, after=cursor))["edges"]:
            forward += found(asked)
            cursor = asked["pageInfo"]["endCursor"]
        cursor = None
        while (asked := await page(api, 4, last=2, before=cursor))["edges"]:
            backward = found(asked) + backward
            cursor = asked["pageInfo"]["startCursor"]

        assert forward == whole
        assert backward == whole

    async def test_an_entry_of_which_nothing_is_asked_is_an_empty_object(
        self, api: Api, backend: Backend
    ) -> None:
        whole = await entries(backend, 2)
        document = "query($id: ID!) { customer(id: $id) { timeline(first: 9) { nodes { ... on Order { number } } } } }"

        data = await api.data(document, {"id": ids.made("Customer", 2)})

        asked = [list(node) for node in data["customer"]["timeline"]["nodes"]]
        assert asked == [["number"] if row["type"] == "Order" else [] for row in whole[:9]]


class TestExecuted:
    async def test_beside_what_cannot_be_planned_each_entry_has_its_type_and_its_fields(
        self, api: Api
    ) -> None:
        entries = """{ timeline(first: 40) { nodes { __typename ... on Node { id } ... on Touchpoint { subject }
            ... on Order { number } ... on OfferGrant { state } ... on Task { title } } } }"""
        asked = f'customer(id: "{ids.made("Customer", 1)}") {entries}'

        planned = await api.data(f"{{ {asked} }}")
        executed = await api.data(f"{{ {asked} __schema {{ queryType {{ name }} }} }}")

        assert executed["customer"] == planned["customer"]
        assert len({each["__typename"] for each in planned["customer"]["timeline"]["nodes"]}) == len(KINDS)


class TestFilters:
    @pytest.mark.parametrize(
        ("narrowed", "kept"),
        [
            ({"kind": {"eq": "ORDER"}}, lambda row: row["kind"] == "ORDER"),
            ({"kind": {"notIn": ["ORDER", "TASK"]}}, lambda row: row["kind"] not in ("ORDER", "TASK")),
            ({"at": {"gt": "2026-01-12T01:00:00Z"}}, lambda row: row["at"] > MIDDLE),
            (
                {"at": {"between": {"from": "2026-01-12T01:00:00Z", "to": "2026-01-12T02:00:00Z"}}},
                lambda row: MIDDLE <= row["at"] < datetime(2026, 1, 12, 2, tzinfo=UTC),
            ),
            (
                {"or": [{"kind": {"eq": "CASE"}}, {"not": {"at": {"lte": "2026-01-12T01:00:00Z"}}}]},
                lambda row: row["kind"] == "CASE" or row["at"] > MIDDLE,
            ),
            ({"kind": {"in": []}}, lambda _: False),
        ],
    )
    async def test_each_keeps_the_entries_it_says(
        self, api: Api, backend: Backend, narrowed: Any, kept: Any
    ) -> None:
        whole = await entries(backend, 1)

        asked = await page(api, 1, first=100, f=narrowed)

        assert found(asked) == opaque([row for row in whole if kept(row)])


class TestWhoSees:
    async def test_an_agent_sees_the_entries_that_the_lists_show(self, api: Api) -> None:
        lists = ["touchpoints", "orders", "grants", "pointsEntries", "cases", "tasks", "opportunities"]
        document = "query($id: ID!) { customer(id: $id) { timeline(first: 100) { nodes { ... on Node { id } } } %s } }"
        every = " ".join(f"{name}(first: 100) {{ nodes {{ id }} }}" for name in lists)

        for who in ({"role": "AGENT", "scope": "OWN", "subject": "kim"}, {"role": "ADMIN"}):
            data = await api.data(document % every, {"id": ids.made("Customer", 4)}, as_=who)

            customer = data["customer"]
            apart = [node["id"] for name in lists for node in customer[name]["nodes"]]
            assert sorted(node["id"] for node in customer["timeline"]["nodes"]) == sorted(apart)
            assert apart

    async def test_a_kind_that_a_role_may_not_see_is_not_in_it(
        self, api: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(TABLE, ("Case", Action.READ, Group.BASE), frozenset({Role.ADMIN}))
        as_ = {"role": "VIEWER"}
        document = (
            "query($id: ID!) { customer(id: $id) { timeline(first: 100) { nodes { __typename %s } } } }"
        )
        asked = {"id": ids.made("Customer", 1)}

        data = await api.data(document % "... on Node { id }", asked, as_=as_)
        [error] = await api.errors(document % "... on Case { number }", asked, as_=as_)

        assert "Case" not in {node["__typename"] for node in data["customer"]["timeline"]["nodes"]}
        assert error["extensions"]["code"] == "FORBIDDEN"
        assert error["path"] == ["customer", "timeline", "nodes"]


class TestOneStatement:
    async def test_a_screen_with_its_timeline_is_one(self, api: Api) -> None:
        Counted.statements.clear()

        await api.data(
            """query($id: ID!) { customer(id: $id) { name timeline(first: 20) { nodes { __typename
                ... on Order { number lines(first: 2) { nodes { quantity } } } ... on Touchpoint { at: occurredAt }
                ... on Task { state } ... on Case { kind } } } } }""",
            {"id": ids.made("Customer", 1)},
        )

        assert len([sql for sql in Counted.statements if "touchpoints" in sql]) == 1

    async def test_a_cursor_of_a_list_is_refused(self, api: Api) -> None:
        data = await api.data(
            "query($id: ID!) { customer(id: $id) { orders(first: 1) { edges { cursor } } } }",
            {"id": ids.made("Customer", 1)},
        )
        cursor = data["customer"]["orders"]["edges"][0]["cursor"]

        [error] = await api.errors(PAGE, {"id": ids.made("Customer", 1), "first": 1, "after": cursor})

        assert error["message"].startswith("customer.timeline.after: ")
        assert "this one is TimelineEntry -at -type -id" in error["message"]
