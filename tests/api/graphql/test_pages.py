"""Pages: forward and backward, in every order, nested, against the rows sorted and cut in Python."""

import functools
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.backend import Backend
from domain.selection import ids
from tests.api.graphql.asking import Api

COLUMNS = {
    "NAME": "name",
    "CREATED_AT": "created_at",
    "BIRTH_ON": "birth_on",
    "JOINED_ON": "joined_on",
    "ID": "id",
}
PAGE = """query($first: Int, $last: Int, $after: String, $before: String, $by: [CustomerOrder!]) {
    customers(first: $first, last: $last, after: $after, before: $before, orderBy: $by) {
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
        by = [{"field": name, "direction": direction} for name, direction in asked.order]
        whole = in_order(await _rows(backend, "SELECT * FROM customers"), asked.order)
        all_edges = (await api.data(PAGE, {"first": 100, "by": by}))["customers"]["edges"]
        cursors = [edge["cursor"] for edge in all_edges]
        window = {"last" if asked.backward else "first": asked.size, "by": by}
        window |= {"after": None if asked.after is None else cursors[asked.after]}
        window |= {"before": None if asked.before is None else cursors[asked.before]}

        found = (await api.data(PAGE, window))["customers"]

        low = 0 if asked.after is None else asked.after + 1
        high = len(whole) if asked.before is None else asked.before
        span = range(low, max(low, high))
        kept = list(span[-asked.size :] if asked.backward else span[: asked.size])
        expected = [ids.made("Customer", whole[at]) for at in kept]
        assert [edge["node"]["id"] for edge in found["edges"]] == expected
        assert [node["id"] for node in found["nodes"]] == expected
        assert [edge["cursor"] for edge in found["edges"]] == [cursors[at] for at in kept]
        assert found["totalCount"] == 14
        cut = len(span) > asked.size
        assert found["pageInfo"] == {
            "hasNextPage": (cut and not asked.backward) or asked.before is not None,
            "hasPreviousPage": (cut and asked.backward) or asked.after is not None,
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
