"""Pages: forward and backward, in every order, nested, against the rows sorted and cut in Python."""

import functools
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.backend import Backend
from api.graphql.planning import rights
from api.permissions import Group
from api.rates import Rates
from domain.customers.queries import customers
from domain.selection import ids
from tests.api.graphql.asking import Api

COLUMNS = {
    "NAME": "name",
    "CREATED_AT": "created_at",
    "BIRTH_ON": "birth_on",
    "JOINED_ON": "joined_on",
    "LAST_CONTACT_AT": "last_contact_at",
    "ORDER_COUNT": "order_count",
    "NET_REVENUE": "net_revenue",
    "POINTS_BALANCE": "points_balance",
    "ID": "id",
}
ROWS = """
    SELECT c.*, t.last_contact_at, o.order_count, r.net_revenue, p.points_balance FROM customers c
    CROSS JOIN LATERAL (SELECT max(occurred_at) AS last_contact_at FROM touchpoints
                        WHERE customer_id = c.id AND kind <> 'VIEW') t
    CROSS JOIN LATERAL (SELECT count(DISTINCT o.id) AS order_count
                        FROM orders o JOIN order_lines l ON l.order_id = o.id AND l.kind = 'SALE'
                        WHERE o.customer_id = c.id) o
    CROSS JOIN LATERAL (SELECT sum(l.quantity * l.unit_price - l.discount) AS net_revenue
                        FROM orders o JOIN order_lines l ON l.order_id = o.id
                        WHERE o.customer_id = c.id AND o.currency = (SELECT currency FROM company)) r
    CROSS JOIN LATERAL (SELECT coalesce(sum(points), 0) AS points_balance FROM points_entries
                        WHERE customer_id = c.id) p
"""
NARROWED = {
    "all": (None, None, "true"),
    "filtered": (None, {"region": {"isNull": False}}, "region IS NOT NULL"),
    "of a branch": (
        {"role": "MARKETER", "scope": "BRANCH", "branches": ("S01",)},
        None,
        "home_branch_id = 1",
    ),
}
"""Who asks, the filter, and the condition that both come to."""
PAGE = """query($first: Int, $last: Int, $after: String, $before: String, $by: [CustomerOrder!],
        $filter: CustomerFilter) {
    customers(first: $first, last: $last, after: $after, before: $before, orderBy: $by, filter: $filter) {
        edges { cursor node { id } } nodes { id } totalCount
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


@dataclass(frozen=True)
class Asked:
    """A page, by positions in the whole order."""

    order: list[tuple[str, str]]
    size: int
    backward: bool
    after: int | None
    before: int | None
    narrowed: str


asked_pages = st.builds(
    Asked,
    order=st.lists(
        st.tuples(st.sampled_from(list(COLUMNS)), st.sampled_from(["ASC", "DESC"])),
        max_size=3,
        unique_by=lambda term: term[0],
    ),
    size=st.integers(1, 6),
    backward=st.booleans(),
    after=st.none() | st.integers(0, 13),
    before=st.none() | st.integers(0, 13),
    narrowed=st.sampled_from(list(NARROWED)),
)


def in_order(rows: list[Any], order: list[tuple[str, str]]) -> list[int]:
    """The ids of the rows in this order; the id breaks ties in the direction of the last term."""
    terms = order or [("NAME", "ASC")]
    if "ID" not in [name for name, _ in terms]:
        terms = [*terms, ("ID", terms[-1][1])]

    def compared(one: Any, other: Any) -> int:
        for name, direction in terms:
            a, b = one[COLUMNS[name]], other[COLUMNS[name]]
            if a is None or b is None:
                if (a is None) != (b is None):
                    return 1 if a is None else -1  # in both directions
            elif a != b:
                return (1 if a > b else -1) * (1 if direction == "ASC" else -1)
        return 0

    return [row["id"] for row in sorted(rows, key=functools.cmp_to_key(compared))]


async def _rows(backend: Backend, sql: str) -> list[Any]:
    async with backend.reads.acquire() as connection:
        return await connection.fetch(sql)


class TestRandomPages:
    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(asked=asked_pages)
    async def test_a_page_is_that_part_of_all_rows_in_order(
        self, api: Api, backend: Backend, asked: Asked
    ) -> None:
        backend.__dict__["rates"] = Rates(1e9, burst=1e9)
        by = [{"field": name, "direction": direction} for name, direction in asked.order]
        as_, filter_, condition = NARROWED[asked.narrowed]
        whole = in_order(await _rows(backend, f"{ROWS} WHERE {condition}"), asked.order)
        after, before = (
            None if at is None else min(at, len(whole) - 1) for at in (asked.after, asked.before)
        )
        told = {"by": by, "filter": filter_}
        all_edges = (await api.data(PAGE, {"first": 100, **told}, as_=as_))["customers"]["edges"]
        cursors = [edge["cursor"] for edge in all_edges]
        window = {"last" if asked.backward else "first": asked.size, **told}
        window |= {"after": None if after is None else cursors[after]}
        window |= {"before": None if before is None else cursors[before]}

        found = (await api.data(PAGE, window, as_=as_))["customers"]

        low = 0 if after is None else after + 1
        high = len(whole) if before is None else before
        span = range(low, max(low, high))
        kept = list(span[-asked.size :] if asked.backward else span[: asked.size])
        expected = [ids.made("Customer", whole[at]) for at in kept]
        assert [edge["node"]["id"] for edge in found["edges"]] == expected
        assert [node["id"] for node in found["nodes"]] == expected
        assert [edge["cursor"] for edge in found["edges"]] == [cursors[at] for at in kept]
        assert found["totalCount"] == len(whole) > 3
        cut = len(span) > asked.size
        assert found["pageInfo"] == {
            "hasNextPage": (cut and not asked.backward) or before is not None,
            "hasPreviousPage": (cut and asked.backward) or after is not None,
            "startCursor": cursors[kept[0]] if kept else None,
            "endCursor": cursors[kept[-1]] if kept else None,
        }


class TestNestedPages:
    @pytest.mark.parametrize(("window", "backward"), [("first: 2", False), ("last: 2", True)])
    async def test_every_parent_gets_its_own_page(
        self, api: Api, backend: Backend, window: str, backward: bool
    ) -> None:
        rows = await _rows(
            backend,
            "SELECT id, customer_id FROM touchpoints WHERE customer_id IS NOT NULL ORDER BY occurred_at DESC, id DESC",
        )

        data = await api.data(f"""{{ customers(first: 100) {{ nodes {{ id touchpoints({window}) {{
            nodes {{ id }} totalCount pageInfo {{ hasNextPage hasPreviousPage }} }} }} }} }}""")

        for customer in data["customers"]["nodes"]:
            own = [
                ids.made("Touchpoint", row["id"])
                for row in rows
                if ids.made("Customer", row["customer_id"]) == customer["id"]
            ]
            page = customer["touchpoints"]
            assert [node["id"] for node in page["nodes"]] == (own[-2:] if backward else own[:2])
            assert page["totalCount"] == len(own)
            more = len(own) > 2
            assert page["pageInfo"] == {
                "hasNextPage": more and not backward,
                "hasPreviousPage": more and backward,
            }

    async def test_a_cursor_of_a_nested_page_leads_on_inside_it(self, api: Api) -> None:
        document = """query($after: String) { customer(id: "Q3VzdG9tZXI6OA==") { touchpoints(first: 3, after: $after) {
            edges { cursor node { occurredAt id } } pageInfo { hasNextPage endCursor } } } }"""
        seen, after, more = [], None, True

        while more:
            page = (await api.data(document, {"after": after}))["customer"]["touchpoints"]
            seen += [(edge["node"]["occurredAt"], ids.read(edge["node"]["id"]).key) for edge in page["edges"]]
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]

        assert len(seen) == 8
        assert seen == sorted(set(seen), reverse=True)

    async def test_rows_that_come_and_go_between_pages_neither_repeat_nor_hide_others(
        self, api: Api, backend: Backend
    ) -> None:
        # Keyset, not offset: the row that the cursor names may be gone. Here: a filter takes it away.
        first = (await api.data("{ customers(first: 3, orderBy: {field: ID}) { pageInfo { endCursor } } }"))[
            "customers"
        ]

        data = await api.data(
            """query($after: String, $not: [ID!]) { customers(first: 2, after: $after, orderBy: {field: ID},
                filter: {not: {id: {in: $not}}}) { nodes { id } } }""",
            {
                "after": first["pageInfo"]["endCursor"],
                "not": [ids.made("Customer", 3), ids.made("Customer", 4)],
            },
        )

        assert [node["id"] for node in data["customers"]["nodes"]] == [
            ids.made("Customer", 5),
            ids.made("Customer", 6),
        ]


class TestOrdersByRevenue:
    @pytest.mark.parametrize("direction", ["ASC", "DESC"])
    async def test_pages_one_by_one_are_all_orders_once(
        self, api: Api, backend: Backend, direction: str
    ) -> None:
        rows = await _rows(
            backend,
            f"""SELECT o.id FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id GROUP BY o.id
                ORDER BY coalesce(sum(l.quantity * l.unit_price - l.discount), 0) {direction}, o.id {direction}""",
        )
        document = f"""query($after: String) {{
            orders(first: 2, after: $after, orderBy: {{field: NET_REVENUE, direction: {direction}}}) {{
                nodes {{ id }} pageInfo {{ hasNextPage hasPreviousPage endCursor }} }} }}"""
        seen, infos, after, more = [], [], None, True

        while more:
            page = (await api.data(document, {"after": after}))["orders"]
            seen += [node["id"] for node in page["nodes"]]
            infos.append(page["pageInfo"]["hasPreviousPage"])
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]

        assert seen == [ids.made("Order", row["id"]) for row in rows]
        assert len(seen) > 4
        assert infos == [False, *[True] * (len(infos) - 1)]

    async def test_those_of_a_branch_too(self, api: Api, backend: Backend) -> None:
        rows = await _rows(
            backend,
            """SELECT o.id FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id
               WHERE o.branch_id = 1 GROUP BY o.id
               ORDER BY coalesce(sum(l.quantity * l.unit_price - l.discount), 0), o.id""",
        )

        found = await api.data(
            """query($branch: ID!) {
                orders(first: 50, orderBy: {field: NET_REVENUE}, filter: {branch: {id: {eq: $branch}}}) {
                    nodes { id } } }""",
            {"branch": ids.made("Branch", 1)},
        )

        assert [node["id"] for node in found["orders"]["nodes"]] == [
            ids.made("Order", row["id"]) for row in rows
        ]
        assert len(rows) > 2

    async def test_below_a_customer_each_has_its_own_dearest(self, api: Api, backend: Backend) -> None:
        rows = await _rows(
            backend,
            """SELECT DISTINCT ON (customer_id) customer_id, id FROM (
                   SELECT o.customer_id, o.id, coalesce(sum(l.quantity * l.unit_price - l.discount), 0) AS net
                   FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id GROUP BY o.id) AS o
               WHERE customer_id IS NOT NULL ORDER BY customer_id, net DESC, id DESC""",
        )

        data = await api.data("""{ customers(first: 50) { nodes { id
            orders(first: 1, orderBy: {field: NET_REVENUE, direction: DESC}) { nodes { id } } } } }""")

        found = {each["id"]: each["orders"]["nodes"] for each in data["customers"]["nodes"]}
        assert {key: nodes[0]["id"] for key, nodes in found.items() if nodes} == {
            ids.made("Customer", row["customer_id"]): ids.made("Order", row["id"]) for row in rows
        }


class TestWindowsThatAreRefused:
    @pytest.mark.parametrize(
        ("window", "message"),
        [
            ("", "customers: needs either `first` or `last`, 1 to 100"),
            ("(first: 1, last: 1)", "customers: needs either `first` or `last`, 1 to 100"),
            ("(first: 0)", "customers: `first` must be 1 to 100, not 0"),
            ("(first: -1)", "customers: `first` must be 1 to 100, not -1"),
            ("(first: 101)", "customers: `first` must be 1 to 100, not 101"),
            ("(last: 101)", "customers: `last` must be 1 to 100, not 101"),
            ("(first: null)", "customers: needs either `first` or `last`, 1 to 100"),
        ],
    )
    async def test_the_error_says_what_is_needed(self, api: Api, window: str, message: str) -> None:
        [error] = await api.errors(f"{{ customers{window} {{ totalCount }} }}")

        assert error == {"message": message, "path": ["customers"], "extensions": {"code": "VALIDATION"}}

    async def test_a_nested_page_says_its_place(self, api: Api) -> None:
        [error] = await api.errors("{ customers(first: 1) { nodes { t: touchpoints { totalCount } } } }")

        assert error["message"] == "customers.nodes.t: needs either `first` or `last`, 1 to 100"
        assert error["path"] == ["customers", "nodes", "t"]

    async def test_a_size_in_a_variable_is_checked_too(self, api: Api) -> None:
        [error] = await api.errors("query($n: Int!) { customers(first: $n) { totalCount } }", {"n": 1000})

        assert error["message"] == "customers: `first` must be 1 to 100, not 1000"


class TestCounts:
    @pytest.mark.parametrize(("most", "count"), [(1, 1), (13, 13), (14, 14), (15, 14), (2_000_000_000, 14)])
    async def test_counting_ends_where_it_is_told_to(self, api: Api, most: int, count: int) -> None:
        data = await api.data(
            "query($n: Int) { customers(first: 1) { totalCount(atMost: $n) } }", {"n": most}
        )

        assert data == {"customers": {"totalCount": count}}

    @pytest.mark.parametrize("most", [0, -1])
    async def test_less_than_one_is_refused(self, api: Api, most: int) -> None:
        [error] = await api.errors(f"{{ customers(first: 1) {{ totalCount(atMost: {most}) }} }}")

        assert error["message"] == f"customers.totalCount: `atMost` must be at least 1, not {most}"
        assert error["extensions"]["code"] == "VALIDATION"


class TestOrdersThatAreRefused:
    async def test_a_field_twice_is_one_too_many(self, api: Api) -> None:
        by = "[{field: NAME}, {field: ID}, {field: NAME, direction: DESC}]"

        [error] = await api.errors(f"{{ customers(first: 1, orderBy: {by}) {{ totalCount }} }}")

        assert error["message"] == "customers: `orderBy` names NAME more than once"
        assert error["extensions"]["code"] == "VALIDATION"

    async def test_what_a_role_may_not_see_it_may_not_order_by(
        self, api: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(rights._grouped, customers.birth_on, {Group.SENSITIVE})
        document = "{ customers(first: 1, orderBy: {field: BIRTH_ON}) { totalCount } }"

        [error] = await api.errors(document, as_={"role": "VIEWER"})

        assert error["extensions"]["code"] == "FORBIDDEN"
        assert error["message"] == "the role viewer may not read the sensitive fields of Customer"


class TestSearches:
    async def test_a_search_is_an_argument_of_customers_and_products(self, api: Api) -> None:
        data = await api.data(
            """{ a: customers(first: 9, search: "ㄱㅎㄴ") { nodes { name } }
                b: customers(first: 9, search: "o'n", orderBy: {field: CREATED_AT}) { nodes { name } totalCount }
                c: products(first: 9, search: "메리") { nodes { code } }
                d: products(first: 9, search: "p2") { nodes { name } }
                e: branches(first: 9) { nodes { customers(first: 1, search: "하나") { nodes { name } } } } }"""
        )

        assert {node["name"] for node in data["a"]["nodes"]} == {"김하나"}
        assert data["b"]["totalCount"] == len(data["b"]["nodes"]) > 0
        assert data["c"]["nodes"] == [{"code": "P1"}]
        assert data["d"]["nodes"] == [{"name": "녹차"}]
        assert {node["name"] for each in data["e"]["nodes"] for node in each["customers"]["nodes"]} == {
            "김하나"
        }

    async def test_one_that_is_too_long_names_its_place(self, api: Api) -> None:
        [error] = await api.errors(
            "query($s: String) { customers(first: 1, search: $s) { totalCount } }", {"s": "가" * 101}
        )

        assert error["message"] == "customers.search: a search has at most 100 characters, not 101"
        assert error["extensions"]["code"] == "VALIDATION"

    async def test_an_agent_finds_only_customers_that_are_seen(self, api: Api) -> None:
        agent = {"role": "AGENT", "scope": "OWN", "subject": "kim"}
        page = "customers(first: 99%s) { nodes { id } }"
        document = "{ found: " + page % ', search: ""' + " all: " + page % "" + " }"

        data = await api.data(document, as_=agent)

        assert data["found"] == data["all"]
        assert data["all"]["nodes"]
