"""From a cell of a cube to its customers, and to a segment: under the caller's rights, on the mart itself."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from api.backend import Backend
from api.graphql.http import graphql_routes
from olap.current import Current
from olap.serving import Serving
from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate, refusals
from tests.api.mutations.conftest import Rows
from tests.api.served import client_of
from tests.emptied import Emptied

ORDERS = """
    UPDATE orders SET branch_id = 1;
    INSERT INTO orders (id, source_system, source_id, number, ordered_at, currency, customer_id, branch_id) VALUES
        (3, 'erp', '3', '3', '2025-01-01 00:00:00+00', 'USD', 2, 2),
        (4, 'erp', '4', '4', '2026-01-01 00:00:00+00', 'KRW', NULL, 1);
    INSERT INTO order_lines (order_id, position, kind, product_id, quantity, unit_price)
    SELECT id, p, 'SALE', 1, 1, 100 FROM orders, generate_series(1, 2) p
"""
ASKED = "segment { id name kind rule memberCount members(first: 5) { nodes { customer { name } } } }"
CUSTOMERS = """
    query ($cell: CubeCellInput!, $pageSize: Int! = 10, $after: String) {
        customersOfCell(cell: $cell, pageSize: $pageSize, after: $after) {
            who: nodes { id called: name touchpoints(first: 1) { nodes { id } } } ids hasNextPage endCursor totalCount
        }
    }
"""


def cell(*cuts: tuple[str, str], cube: str = "sales", **more: Any) -> dict[str, Any]:
    told = [{"dimension": dimension, "members": {"text": text}} for dimension, text in cuts]
    return {"cube": cube, "cut": told, **more}


YEAR = cell(("date", "2026"))


@pytest.fixture(scope="session")
def cube(mutations_database: Emptied) -> Iterator[Current]:
    """The cube on the database of all tests here: it keeps no answer, and to connect took most of a test's time."""
    with Current(mutations_database.url) as opened:
        yield opened


@pytest.fixture
async def api(backend: Backend, cube: Current, token: Callable[..., str]) -> AsyncIterator[Api]:
    async with backend.engine.begin() as connection:
        raw = await connection.get_raw_connection()
        driver: Any = raw.driver_connection
        await driver.execute(ORDERS)
    async with client_of(replace(backend, cube=Serving(cube)), graphql_routes()) as client:
        yield Api(client, token)


async def _of(api: Api, asked: dict[str, Any], as_: dict[str, Any] | None = None, **more: Any) -> Any:
    return (await api.data(CUSTOMERS, {"cell": asked, **more}, as_=as_))["customersOfCell"]


class TestCustomersOfCell:
    async def test_each_customer_with_facts_in_it_is_there_once(self, api: Api) -> None:
        found = [await _of(api, each) for each in (YEAR, cell(("date", "2025")), cell(("date", "1999")))]

        assert [each["who"] for each in found] == [
            [
                {"id": id_of("Customer", 1), "called": "김단골", "touchpoints": {"nodes": []}},
                {"id": id_of("Customer", 2), "called": "이손님", "touchpoints": {"nodes": []}},
            ],
            [{"id": id_of("Customer", 2), "called": "이손님", "touchpoints": {"nodes": []}}],
            [],
        ]
        assert [each["hasNextPage"] for each in found] == [False] * 3
        assert [each["totalCount"] for each in found] == [2, 1, 0]

    async def test_pages_follow_each_other(self, api: Api) -> None:
        first = await _of(api, YEAR, pageSize=1)
        second = await _of(api, YEAR, pageSize=1, after=first["endCursor"])

        assert (first["ids"], first["hasNextPage"]) == ([id_of("Customer", 1)], True)
        assert (first["totalCount"], second["totalCount"]) == (2, 2)
        assert (second["ids"], second["hasNextPage"]) == ([id_of("Customer", 2)], False)

    async def test_traits_as_of_now_find_others_than_those_of_the_event(self, api: Api) -> None:
        moving = {"id": id_of("Customer", 2), "expectedVersion": 1, "region": "서울"}
        await mutate(api, "updateCustomer", "customer { id }", moving)

        found = await _of(api, cell(("customer", "__null__,서울"), asof="now"))

        assert found["ids"] == [id_of("Customer", 1), id_of("Customer", 2)]

    @pytest.mark.parametrize(
        ("scope", "expected"),
        [({"scope": "BRANCH", "branches": ("GN",)}, [1]), ({"scope": "OWN", "subject": "lee"}, [2])],
        ids=["branch", "own"],
    )
    async def test_only_customers_whom_the_caller_sees_are_there_whoever_served_them(
        self, api: Api, scope: dict[str, Any], expected: list[int]
    ) -> None:
        found = await _of(api, cell(), as_={"role": "ANALYST", **scope})

        assert found["ids"] == [id_of("Customer", key) for key in expected]
        assert found["totalCount"] == len(expected)

    @pytest.mark.parametrize(
        ("asked", "more", "told"),
        [
            (cell(cube="stock"), {}, "the cube 'stock' knows no customers; those that do: "),
            (cell(cube="x"), {}, "x"),
            (cell(("shoe", "1")), {}, "shoe"),
            (YEAR, {"pageSize": 101}, "pageSize must be 1 to 100, not 101"),
            (YEAR, {"after": id_of("Order", 1)}, "Customer"),
        ],
        ids=["no customers", "no cube", "no dimension", "too many", "cursor"],
    )
    async def test_what_cannot_be_is_refused_by_its_name(
        self, api: Api, asked: dict[str, Any], more: dict[str, Any], told: str
    ) -> None:
        (error,) = (await api.post(CUSTOMERS, {"cell": asked, **more})).json()["errors"]

        assert told in error["message"]
        assert error["extensions"]["code"] in {"VALIDATION", "NOT_FOUND"}

    async def test_contact_data_is_for_those_who_know_people(self, api: Api) -> None:
        document = CUSTOMERS.replace("called: name", "contactPoints { value }")

        (error,) = await api.errors(document, {"cell": YEAR}, as_={"role": "ANALYST"})

        assert error["extensions"]["code"] == "FORBIDDEN"


class TestCreateSegmentFromCell:
    async def test_it_is_a_list_of_the_customers_of_now(self, api: Api) -> None:
        given = {"cell": YEAR, "name": "2026", "description": "Who bought"}

        made = (await mutate(api, "createSegmentFromCell", ASKED, given))["segment"]

        assert (made["name"], made["kind"], made["rule"], made["memberCount"]) == ("2026", "FIXED", None, 2)
        assert {each["customer"]["name"] for each in made["members"]["nodes"]} == {"김단골", "이손님"}

    async def test_the_row_filter_holds_here_too(self, api: Api, rows: Rows) -> None:
        as_ = {"role": "MARKETER", "scope": "BRANCH", "branches": ("GN",)}

        await mutate(api, "createSegmentFromCell", ASKED, {"cell": cell(), "name": "ours"}, as_=as_)

        assert await rows("SELECT customer_id FROM segment_members") == [(1,)]

    async def test_a_cell_that_cannot_be_is_refused_at_its_place_and_nothing_is_left(
        self, api: Api, rows: Rows
    ) -> None:
        wrong = await mutate(api, "createSegmentFromCell", ASKED, {"cell": cell(("shoe", "1")), "name": "n"})
        none = await mutate(api, "createSegmentFromCell", ASKED, {"cell": cell(cube="stock"), "name": "n"})

        assert refusals(wrong) == refusals(none) == [("VALIDATION", ["cell"])]
        assert await rows("SELECT * FROM segments") == []

    async def test_a_dynamic_one_is_by_a_rule_that_the_same_customers_meet(self, api: Api) -> None:
        asked = cell(("line_kind", "sale"), ("date@ymd", "3650daysago-today"), asof="now")

        made = (
            await mutate(
                api, "createSegmentFromCell", ASKED, {"cell": asked, "name": "moving", "dynamic": True}
            )
        )["segment"]
        found = await _of(api, asked)

        assert (made["kind"], made["memberCount"], found["totalCount"]) == ("RULE", 2, 2)
        assert made["rule"] == {"all": [{"orders": {"atLeast": 1, "days": 3651}}]}

    async def test_what_has_a_name_in_the_cell_has_its_key_in_the_rule(self, api: Api, rows: Rows) -> None:
        await rows("INSERT INTO categories (id, name) VALUES (7, '차') RETURNING id")
        await rows("UPDATE products SET category_id = 7 RETURNING id")
        await rows("UPDATE branches SET region = '서울' WHERE id = 1 RETURNING id")
        home = {"homeBranches": [id_of("Branch", 1)]}
        bought = [{"productId": id_of("Product", 1)}, {"categoryId": id_of("Category", 7)}]
        cuts = [("product", "차,__null__,__null__,TEA;차"), ("home_branch", "서울,GN")]
        asked = cell(("line_kind", "sale"), *cuts, asof="now")

        made = (
            await mutate(api, "createSegmentFromCell", ASKED, {"cell": asked, "name": "tea", "dynamic": True})
        )["segment"]

        each = [{"bought": {**what, "atLeast": 1}} for what in bought]
        assert made["rule"] == {"all": [home, {"any": each}]}
        assert (made["memberCount"], (await _of(api, asked))["totalCount"]) == (1, 1)

    async def test_a_cell_of_rfm_in_the_running_month_becomes_a_rule(self, api: Api, rows: Rows) -> None:
        await rows(
            """INSERT INTO rfm_scores (customer_id, scheme, valid_from, valid_to, scheme_id, model, recency, frequency,
                                       monetary, orders)
               SELECT c, s.name, f::date, t::date, s.id, 1, r, 1, 3, 1 FROM rfm_schemes s, (VALUES
                   (1, '2026-01-01', NULL, 1), (2, '2026-01-01', '2026-02-01', 1), (2, '2026-02-01', NULL, 2)
               ) v (c, f, t, r) WHERE s.name = 'default' RETURNING id"""
        )
        asked = cell(("month_ended", "no"), ("rfm_cell", "113"), cube="customers", asof="now")

        made = (
            await mutate(api, "createSegmentFromCell", ASKED, {"cell": asked, "name": "113", "dynamic": True})
        )["segment"]

        scores = {"recency": [1], "frequency": [1], "monetary": [3]}
        assert made["rule"] == {"all": [{"rfm": {"scheme": "default", **scores}}]}
        assert (made["memberCount"], (await _of(api, asked))["ids"]) == (1, [id_of("Customer", 1)])

    @pytest.mark.parametrize(
        ("cuts", "told"),
        [
            ([("date", "2026")], "a rule counts orders with a line of the kind sale"),
            (
                [("line_kind", "sale"), ("owner", "1")],
                "no rule says the cut of owner; known of sales: line_kind, product, date, customer, gender",
            ),
            (
                [("line_kind", "sale"), ("home_branch", "__null__,GM")],
                "there is no home_branch '__null__,GM' now",
            ),
        ],
        ids=["kind", "owner", "branch"],
    )
    async def test_a_cell_that_no_rule_says_is_refused_and_nothing_is_left(
        self, api: Api, rows: Rows, cuts: list[tuple[str, str]], told: str
    ) -> None:
        given = {"cell": cell(*cuts, asof="now"), "name": "2026", "dynamic": True}

        refused = await mutate(api, "createSegmentFromCell", ASKED, given)

        assert refusals(refused) == [("VALIDATION", ["cell"])]
        (error,) = refused["userErrors"]
        assert error["message"].startswith(told)
        assert error["message"].endswith("without dynamic the customers of now become a list")
        assert await rows("SELECT * FROM segments") == []

    async def test_a_member_that_no_rule_knows_is_refused_at_the_cell(self, api: Api) -> None:
        asked = cell(("line_kind", "sale"), ("gender", "unheard_of"), asof="now")

        refused = await mutate(
            api, "createSegmentFromCell", ASKED, {"cell": asked, "name": "n", "dynamic": True}
        )

        assert refusals(refused) == [("VALIDATION", ["cell"])]
        assert "FEMALE" in refused["userErrors"][0]["message"]

    async def test_a_name_that_is_taken_is_refused(self, api: Api) -> None:
        await mutate(api, "createSegment", ASKED, {"name": "2026"})

        refused = await mutate(api, "createSegmentFromCell", ASKED, {"cell": YEAR, "name": "2026"})

        assert refusals(refused) == [("NAME_TAKEN", ["name"])]

    @pytest.mark.parametrize("role", ["AGENT", "INTEGRATION", "VIEWER"])
    async def test_who_may_not_make_segments_is_refused(self, api: Api, rows: Rows, role: str) -> None:
        document = """mutation ($input: CreateSegmentFromCellInput!) {
            createSegmentFromCell(input: $input) { userErrors { code } }
        }"""

        (error,) = await api.errors(document, {"input": {"cell": YEAR, "name": "n"}}, as_={"role": role})

        assert error["extensions"]["code"] == "FORBIDDEN"
        assert await rows("SELECT * FROM segments") == []
