"""Cases, opportunities and tasks as they are read: who sees which, in which order, and what is worked out."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from domain.selection import ids
from tests.api.graphql.asking import Api, Counted

Sql = Callable[[str], Awaitable[list[tuple[Any, ...]]]]

ROOTS = ("cases", "opportunities", "tasks")
TYPES = {"cases": "Case", "opportunities": "Opportunity", "tasks": "Task"}
OWN = {"role": "AGENT", "scope": "OWN", "subject": "kim"}
BRANCH = {"role": "AGENT", "scope": "BRANCH", "subject": "nobody", "branches": ("S01",)}
LEE = {"role": "AGENT", "scope": "BRANCH", "subject": "lee"}
"""User 2, who works at branch 2."""


@pytest.fixture
async def sql(company: str) -> AsyncIterator[Sql]:
    """What stands in the store, by hand-written SQL."""
    connection = await asyncpg.connect(company)

    async def fetch(statement: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await connection.fetch(statement)]

    yield fetch
    await connection.close()


async def _keys(api: Api, root: str, given: str = "", *, as_: dict[str, Any] | None = None) -> list[int]:
    """The keys of the rows that a page of the root shows, in its order."""
    data = await api.data(f"{{ {root}(first: 100{given}) {{ nodes {{ id }} }} }}", as_=as_)
    return [ids.key(node["id"], TYPES[root]) for node in data[root]["nodes"]]


class TestScopes:
    @pytest.mark.parametrize("root", ROOTS)
    @pytest.mark.parametrize(
        ("as_", "seen"),
        [
            (None, "true"),
            (OWN, "w.owner_id = 1 OR c.owner_id = 1"),
            (BRANCH, "w.branch_id = 1 OR c.home_branch_id = 1"),
            (LEE, "w.owner_id = 2 OR w.branch_id = 2 OR c.home_branch_id = 2"),
        ],
        ids=["all", "own", "branch", "branch of a user"],
    )
    async def test_work_is_seen_by_its_owner_its_branch_and_whoever_sees_its_customer(
        self, api: Api, sql: Sql, root: str, as_: dict[str, Any] | None, seen: str
    ) -> None:
        expected = await sql(
            f"SELECT w.id FROM {root} w LEFT JOIN customers c ON c.id = w.customer_id WHERE {seen}"
        )
        everything = await sql(f"SELECT id FROM {root}")

        shown = await _keys(api, root, as_=as_)

        assert sorted(shown) == sorted(key for (key,) in expected)
        assert 0 < len(shown) <= len(everything)
        assert as_ is None or len(shown) < len(everything)

    @pytest.mark.parametrize("root", ROOTS)
    async def test_one_that_is_not_seen_is_null_like_one_that_is_not_there(self, api: Api, root: str) -> None:
        name = TYPES[root]
        seen = set(await _keys(api, root, as_=OWN))
        hidden = next(key for key in await _keys(api, root) if key not in seen)

        for key in (hidden, 999):
            data = await api.data(
                f"query ($id: ID!) {{ {name.lower()}(id: $id) {{ id }} node(id: $id) {{ id }} }}",
                {"id": ids.made(name, key)},
                as_=OWN,
            )
            assert data == {name.lower(): None, "node": None}

    async def test_what_a_touchpoint_or_customer_hides_stays_hidden_inside_a_case(self, api: Api) -> None:
        asked = "{ cases(first: 20) { nodes { customer { id } touchpoints(first: 20) { nodes { id } } } } }"
        mine = await api.data(
            "{ touchpoints(first: 100) { nodes { id } } customers(first: 100) { nodes { id } } }", as_=OWN
        )

        found = await api.data(asked, as_=OWN)

        touchpoints = {
            each["id"] for node in found["cases"]["nodes"] for each in node["touchpoints"]["nodes"]
        }
        customers = {node["customer"]["id"] for node in found["cases"]["nodes"] if node["customer"]}
        assert touchpoints <= {node["id"] for node in mine["touchpoints"]["nodes"]}
        assert customers <= {node["id"] for node in mine["customers"]["nodes"]}


PERSONAL = [
    "cases(first: 1) { nodes { subject } }",
    "cases(first: 1) { nodes { description } }",
    "cases(first: 1) { nodes { satisfactionComment } }",
    "cases(first: 1) { nodes { moves(first: 50) { nodes { reason } } } }",
    "opportunities(first: 1) { nodes { note } }",
    "opportunities(first: 1) { nodes { lostReason } }",
    "opportunities(first: 1) { nodes { moves(first: 50) { nodes { reason } } } }",
    "tasks(first: 1) { nodes { title } }",
    "tasks(first: 1) { nodes { note } }",
    "tasks(first: 1) { nodes { outcome } }",
]


class TestPersonalText:
    @pytest.mark.parametrize("asked", PERSONAL)
    @pytest.mark.parametrize("role", ["VIEWER", "ANALYST"])
    async def test_who_reaches_nobody_reads_no_personal_text(self, api: Api, role: str, asked: str) -> None:
        [error] = await api.errors(f"{{ {asked} }}", as_={"role": role})

        assert error["extensions"]["code"] == "FORBIDDEN"

    @pytest.mark.parametrize("asked", PERSONAL)
    @pytest.mark.parametrize("role", ["MARKETER", "AGENT"])
    async def test_who_works_with_people_reads_it(self, api: Api, role: str, asked: str) -> None:
        assert (await api.post(f"{{ {asked} }}", as_={"role": role})).status_code == 200

    async def test_viewers_see_that_there_is_work_and_how_it_goes(self, api: Api) -> None:
        document = """{
            cases(first: 9) { nodes { number state overdue solutionSeconds } }
            opportunities(first: 9) { nodes { stage weightedAmount { amount } } }
            tasks(first: 9) { nodes { state dueAt owner { name } } }
        }"""

        response = await api.post(document, as_={"role": "VIEWER"})

        assert response.status_code == 200
        assert "CANARY" not in response.text


class TestOrders:
    @pytest.mark.parametrize(
        ("root", "order", "by"),
        [
            ("cases", "{field: DUE_AT}", "due_at NULLS LAST, id"),
            ("cases", "{field: DUE_AT, direction: DESC}", "due_at DESC NULLS LAST, id DESC"),
            (
                "cases",
                "{field: PRIORITY, direction: DESC}",
                "array_position(ARRAY['LOW', 'NORMAL', 'HIGH', 'URGENT'], priority) DESC, id DESC",
            ),
            ("tasks", "{field: DUE_AT}", "due_at NULLS LAST, id"),
            ("tasks", "{field: CREATED_AT, direction: DESC}", "created_at DESC, id DESC"),
            (
                "opportunities",
                "[{field: STAGE}, {field: EXPECTED_ON}]",
                """array_position(ARRAY['LEAD', 'QUALIFIED', 'PROPOSED', 'NEGOTIATING', 'WON', 'LOST'], stage),
                expected_on NULLS LAST, id""",
            ),
            ("opportunities", "{field: AMOUNT, direction: DESC}", "amount DESC NULLS LAST, id DESC"),
        ],
    )
    async def test_a_worklist_is_in_its_order_page_by_page(
        self, api: Api, sql: Sql, root: str, order: str, by: str
    ) -> None:
        expected = [key for (key,) in await sql(f"SELECT id FROM {root} ORDER BY {by}")]
        document = f"""query ($after: String) {{ {root}(first: 3, after: $after, orderBy: {order}) {{
            nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }}"""

        shown, after, more = [], None, True
        while more:
            page = (await api.data(document, {"after": after}))[root]
            shown += [ids.key(node["id"], TYPES[root]) for node in page["nodes"]]
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]

        assert shown == expected


OPEN_CASES = "state IN ('NEW', 'OPEN', 'WAITING_CUSTOMER')"
OPEN_TASKS = "state IN ('OPEN', 'IN_PROGRESS')"


class TestFilters:
    @pytest.mark.parametrize(
        ("root", "filter_", "where"),
        [
            ("cases", "{overdue: {eq: true}}", f"{OPEN_CASES} AND due_at < now()"),
            ("cases", "{overdue: {eq: false}}", f"NOT coalesce({OPEN_CASES} AND due_at < now(), false)"),
            (
                "cases",
                '{branch: {code: {eq: "S01"}}, state: {in: [NEW, OPEN]}}',
                "branch_id = 1 AND state IN ('NEW', 'OPEN')",
            ),
            ("cases", "{not: {owner: {}}}", "owner_id IS NULL"),
            ("cases", '{dueAt: {lt: "2026-02-01T00:00:00Z"}}', "due_at < '2026-02-01Z'"),
            ("cases", "{satisfaction: {gte: 4}}", "satisfaction >= 4"),
            (
                "cases",
                '{customer: {name: {eq: "김하나"}}}',
                "customer_id IN (SELECT id FROM customers WHERE name = '김하나')",
            ),
            ("tasks", "{overdue: {eq: true}}", f"{OPEN_TASKS} AND due_at < now()"),
            ("tasks", "{source: {in: [CASE, REQUEST]}}", "source IN ('CASE', 'REQUEST')"),
            (
                "tasks",
                '{owner: {id: {eq: "VXNlcjox"}}, state: {in: [OPEN, IN_PROGRESS]}}',
                f"owner_id = 1 AND {OPEN_TASKS}",
            ),
            (
                "opportunities",
                "{overdue: {eq: true}}",
                "stage NOT IN ('WON', 'LOST') AND expected_on < '2026-06-01'",
            ),
            ("opportunities", "{stage: {in: [PROPOSED]}}", "stage = 'PROPOSED'"),
            ("opportunities", '{amount: {gte: "5000"}, currency: {eq: "GBP"}}', "amount >= 5000"),
        ],
    )
    async def test_a_worklist_holds_what_its_filter_says(
        self, api: Api, sql: Sql, root: str, filter_: str, where: str
    ) -> None:
        expected = await sql(f"SELECT id FROM {root} WHERE {where}")

        shown = await _keys(api, root, f", filter: {filter_}")

        assert sorted(shown) == sorted(key for (key,) in expected)
        assert shown, "a filter that finds nothing shows nothing"


class TestCustomersByTheirWork:
    @pytest.mark.parametrize(
        ("filter_", "where"),
        [
            (
                "{tasks: {some: {state: {eq: OPEN}}}}",
                "id IN (SELECT customer_id FROM tasks WHERE state = 'OPEN')",
            ),
            (
                "{cases: {none: {}}}",
                "id NOT IN (SELECT customer_id FROM cases WHERE customer_id IS NOT NULL)",
            ),
            (
                "{opportunities: {some: {}, every: {stage: {in: [WON, LOST]}}}}",
                """id IN (SELECT customer_id FROM opportunities)
                AND id NOT IN (SELECT customer_id FROM opportunities WHERE stage NOT IN ('WON', 'LOST'))""",
            ),
        ],
        ids=["with an open task", "without a case", "with nothing left to win"],
    )
    async def test_customers_are_found_by_what_is_open_for_them(
        self, api: Api, sql: Sql, filter_: str, where: str
    ) -> None:
        expected = await sql(f"SELECT id FROM customers WHERE {where}")

        data = await api.data(f"{{ customers(first: 100, filter: {filter_}) {{ nodes {{ id }} }} }}")

        shown = [ids.key(node["id"], "Customer") for node in data["customers"]["nodes"]]
        assert sorted(shown) == sorted(key for (key,) in expected)
        assert shown


TIMES = """
    WITH spans AS (
        SELECT case_id, to_state, moved_at, lead(moved_at) OVER (PARTITION BY case_id ORDER BY id) AS until
        FROM case_moves
    )
    SELECT c.id,
           floor(extract(epoch FROM (
               SELECT min(at) FROM (
                   SELECT t.occurred_at AS at FROM case_touchpoints l JOIN touchpoints t ON t.id = l.touchpoint_id
                   WHERE l.case_id = c.id AND t.direction = 'OUTBOUND' AND t.occurred_at >= c.opened_at
                   UNION ALL
                   SELECT moved_at FROM case_moves m
                   WHERE m.case_id = c.id AND m.to_state IN ('WAITING_CUSTOMER', 'SOLVED')) answers
               ) - c.opened_at))::int,
           CASE WHEN c.solved_at IS NOT NULL THEN (
               SELECT floor(extract(epoch FROM sum(until - moved_at)))::int FROM spans
               WHERE case_id = c.id AND to_state IN ('NEW', 'OPEN')) END,
           floor(extract(epoch FROM c.solved_at - c.opened_at))::int
    FROM cases c ORDER BY c.id
"""


class TestWorkedOut:
    async def test_the_times_of_cases_are_what_their_history_says(self, api: Api, sql: Sql) -> None:
        data = await api.data("""{ cases(first: 100, orderBy: {field: ID}) { nodes {
            id firstResponseSeconds solutionSeconds elapsedSeconds } } }""")

        shown = [
            (
                ids.key(node["id"], "Case"),
                node["firstResponseSeconds"],
                node["solutionSeconds"],
                node["elapsedSeconds"],
            )
            for node in data["cases"]["nodes"]
        ]
        assert shown == await sql(TIMES)
        assert {measured is None for _, *rest in shown for measured in rest} == {True, False}

    async def test_a_weighted_amount_is_rounded_at_the_scale_of_its_currency(
        self, api: Api, sql: Sql
    ) -> None:
        data = await api.data("""{ opportunities(first: 100, orderBy: {field: ID}) { nodes {
            weightedAmount { amount currency } } } }""")

        shown = [
            node["weightedAmount"] and (node["weightedAmount"]["amount"], node["weightedAmount"]["currency"])
            for node in data["opportunities"]["nodes"]
        ]
        expected = await sql(
            "SELECT round(amount * probability / 100.0, 2)::text, currency FROM opportunities ORDER BY id"
        )
        assert shown == [row if row[0] is not None else None for row in expected]


MY_DAY = """{
    viewer { user {
        name
        late: tasks(first: 20, filter: {overdue: {eq: true}}, orderBy: {field: DUE_AT}) { totalCount nodes { title } }
        tasks(first: 20, filter: {state: {in: [OPEN, IN_PROGRESS]}}, orderBy: [{field: DUE_AT}]) {
            totalCount
            nodes { title dueAt overdue priority source customer { name } case { number } opportunity { name } }
        }
        cases(first: 20, filter: {state: {in: [NEW, OPEN]}}, orderBy: [{field: PRIORITY, direction: DESC}]) {
            totalCount nodes { number subject overdue dueAt customer { name } tasks(first: 3) { totalCount } }
        }
        pipeline: opportunities(first: 20, filter: {stage: {notIn: [WON, LOST]}}, orderBy: [{field: STAGE}]) {
            nodes { name stage weightedAmount { amount currency } expectedOn }
        }
        customers(first: 20) { totalCount }
    } }
    queue: tasks(first: 20, filter: {not: {owner: {}}, state: {eq: OPEN}}) { totalCount nodes { title } }
}"""


class TestMyDay:
    async def test_one_document_and_one_statement_say_all_of_it(self, api: Api, sql: Sql) -> None:
        await api.data("{ viewer { subject } }", as_=OWN)
        Counted.statements.clear()

        data = await api.data(MY_DAY, as_=OWN)

        assert len(Counted.statements) == 1
        user = data["viewer"]["user"]
        [(open_, late, cases)] = await sql(
            f"SELECT (SELECT count(*) FROM tasks WHERE owner_id = 1 AND {OPEN_TASKS}),"
            f" (SELECT count(*) FROM tasks WHERE owner_id = 1 AND {OPEN_TASKS} AND due_at < now()),"
            " (SELECT count(*) FROM cases WHERE owner_id = 1 AND state IN ('NEW', 'OPEN'))"
        )
        assert (user["tasks"]["totalCount"], user["late"]["totalCount"], user["cases"]["totalCount"]) == (
            open_,
            late,
            cases,
        )
        assert min(open_, late, cases, len(user["pipeline"]["nodes"])) > 0

    async def test_a_customer_shows_what_is_open_for_him(self, api: Api, sql: Sql) -> None:
        data = await api.data("""{ customers(first: 100, orderBy: {field: ID}) { nodes {
            id cases(first: 1) { totalCount } opportunities(first: 1) { totalCount }
            tasks(first: 1) { totalCount } } } }""")

        shown = [
            (
                ids.key(node["id"], "Customer"),
                *(node[name]["totalCount"] for name in ROOTS),
            )
            for node in data["customers"]["nodes"]
        ]
        assert shown == await sql("""
            SELECT id, (SELECT count(*) FROM cases w WHERE w.customer_id = c.id),
                   (SELECT count(*) FROM opportunities w WHERE w.customer_id = c.id),
                   (SELECT count(*) FROM tasks w WHERE w.customer_id = c.id)
            FROM customers c ORDER BY id
        """)
