"""Plans: made once for each shape of the variables, and shared by all requests of that shape."""

from typing import Any

import pytest
from sqlalchemy.orm.context import _ORMSelectCompileState

from api.errors import Forbidden
from api.graphql.caches import Recent
from api.graphql.documents import Documents
from api.graphql.plans import Plan
from api.graphql.schema import schema
from api.permissions import TABLE, Action, Group
from domain.access import SYSTEM, Actor
from domain.roles import Role, Scope
from domain.selection import ids

LIST = """query($n: Int, $f: CustomerFilter, $by: [CustomerOrder!], $after: String, $yes: Boolean = true) {
    customers(first: $n, filter: $f, orderBy: $by, after: $after) { nodes { id name @include(if: $yes) } } }"""


def plan(held: Documents, document: str, variables: dict[str, Any], actor: Actor = SYSTEM) -> Plan:
    operation = held.operation(document, None)
    return held.plan(operation, held.values(operation, variables), actor)


class TestTables:
    @pytest.mark.parametrize(
        "asked",
        [
            "orders(first: 1) { nodes { lines(first: 1) { nodes { netRevenue { amount } } } } }",
            "customers(first: 1) { nodes { lifetimeScore { value { amount } } } }",
            "customers(first: 1) { nodes { timeline(first: 1) { nodes { __typename } } } }",
        ],
        ids=["lines", "lifetimes", "timelines"],
    )
    def test_a_plan_is_of_tables_alone(self, asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """With one column of a class among them SQLAlchemy compiles every part as the ORM's, for twice the time."""

        def told(*_: Any, **__: Any) -> Any:
            raise AssertionError("a column of a class, not of its table")

        monkeypatch.setattr(_ORMSelectCompileState, "create_for_statement", told)

        assert plan(Documents(schema()), f"{{ {asked} }}", {}).statement is not None


class TestOnePlanPerShape:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ({"f": {"name": {"eq": "a"}}}, {"f": {"name": {"eq": "b"}}}),
            ({"f": {"region": {"in": ["a"]}}}, {"f": {"region": {"in": ["b", "c"]}}}),
            ({"f": {"kind": {"eq": "PERSON"}}}, {"f": {"kind": {"eq": "ORGANISATION"}}}),
            ({"f": {"id": {"eq": ids.made("Customer", 1)}}}, {"f": {"id": {"eq": ids.made("Customer", 2)}}}),
        ],
    )
    def test_other_values_of_the_same_shape_find_it(self, one: Any, other: Any) -> None:
        held = Documents(schema())

        assert plan(held, LIST, {"n": 5, **one}) is plan(held, LIST, {"n": 5, **other})

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ({"n": 5}, {"n": 6}),
            ({"n": 5}, {"n": 5, "f": {}}),
            ({"n": 5, "f": {"name": {"eq": "a"}}}, {"n": 5, "f": {"name": {"lt": "a"}}}),
            ({"n": 5, "f": {"region": {"isNull": True}}}, {"n": 5, "f": {"region": {"isNull": False}}}),
            ({"n": 5, "f": {"or": []}}, {"n": 5, "f": {"or": [{}]}}),
            ({"n": 5, "by": [{"field": "NAME"}]}, {"n": 5, "by": [{"field": "ID"}]}),
            ({"n": 5, "by": [{"field": "NAME"}]}, {"n": 5, "by": [{"field": "NAME", "direction": "DESC"}]}),
            ({"n": 5}, {"n": 5, "yes": False}),
            ({"n": 5}, {"n": 5, "after": "x"}),
        ],
    )
    def test_another_shape_is_another_plan(self, one: Any, other: Any) -> None:
        held = Documents(schema())

        assert plan(held, LIST, one) is not plan(held, LIST, other)

    def test_the_types_that_ids_name_are_part_of_the_shape(self) -> None:
        held, document = Documents(schema()), "query($id: ID!) { node(id: $id) { id } }"

        customer = plan(held, document, {"id": ids.made("Customer", 1)})

        assert customer is plan(held, document, {"id": ids.made("Customer", 2)})
        assert customer is not plan(held, document, {"id": ids.made("Order", 1)})

    def test_scopes_do_not_share_plans_and_people_of_one_scope_do(self) -> None:
        held, document = Documents(schema()), "{ customers(first: 1) { nodes { id } } }"
        kim = Actor(subject="kim", role=Role.AGENT, scope=Scope.OWN, user_id=1)
        lee = Actor(subject="lee", role=Role.AGENT, scope=Scope.OWN, user_id=2)
        all_seeing = Actor(subject="kim", role=Role.AGENT, scope=Scope.ALL, user_id=1)

        assert plan(held, document, {}, kim) is plan(held, document, {}, lee)
        assert plan(held, document, {}, kim) is not plan(held, document, {}, all_seeing)

    @pytest.mark.parametrize("first", [Role.ADMIN, Role.AGENT, Role.VIEWER])
    def test_roles_of_which_the_table_says_the_same_share_one_whoever_came_first(self, first: Role) -> None:
        held, document = (
            Documents(schema()),
            "{ customers(first: 1) { nodes { id contactPoints { value } } } }",
        )
        may = (Role.ADMIN, Role.MARKETER, Role.AGENT, Role.INTEGRATION)
        asked = sorted(Role, key=lambda role: role is not first)

        plans, refused = {}, set()
        for role in asked:
            try:
                plans[role] = plan(held, document, {}, Actor("somebody", role))
            except Forbidden:
                refused.add(role)

        assert refused == set(Role) - set(may)
        assert len({id(each) for each in plans.values()}) == 1
        assert next(iter(plans.values())).roles == set(may)

    @pytest.mark.parametrize("first", [Role.ADMIN, Role.ANALYST])
    def test_roles_that_see_other_kinds_in_a_timeline_do_not_share_one(
        self, first: Role, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(TABLE, ("Case", Action.READ, Group.BASE), frozenset({Role.ADMIN, Role.AGENT}))
        held = Documents(schema())
        customer = f'customer(id: "{ids.made("Customer", 1)}")'
        document = f"{{ {customer} {{ timeline(first: 9) {{ nodes {{ ... on Node {{ id }} }} }} }} }}"
        asked = sorted(Role, key=lambda role: role is not first)

        sees_cases = {
            role
            for role in asked
            if (made := plan(held, document, {}, Actor("somebody", role)).statement) and "cases" in made.sql
        }
        plans = {id(plan(held, document, {}, Actor("else", role))) for role in asked}

        assert sees_cases == {Role.ADMIN, Role.AGENT}
        assert len(plans) == 2

    def test_literals_are_bound_so_that_two_documents_share_one_statement(self) -> None:
        held = Documents(schema())
        texts = [
            f'{{ customers(first: 5, filter: {{name: {{eq: "{name}"}}}}) {{ nodes {{ id }} }} }}'
            for name in "ab"
        ]

        one, other = (plan(held, text, {}).statement for text in texts)

        assert one is not None
        assert other is not None
        assert one.sql == other.sql
        assert one.bound({}, SYSTEM) != other.bound({}, SYSTEM)


class TestRecent:
    def test_the_least_recently_used_goes_first(self) -> None:
        recent: Recent[str, int] = Recent(2)
        recent.put("a", 1)
        recent.put("b", 2)
        recent.get("a")

        recent.put("c", 3)

        assert [recent.get(key) for key in "abc"] == [1, None, 3]

    def test_heavy_values_push_out_as_many_as_they_weigh(self) -> None:
        recent: Recent[str, int] = Recent(10)
        for key in "abcd":
            recent.put(key, 0, 2)

        recent.put("e", 1, 7)

        assert [recent.get(key) for key in "abcde"] == [None, None, None, 0, 1]

    def test_a_value_put_again_weighs_once(self) -> None:
        recent: Recent[str, int] = Recent(10)
        for _ in range(20):
            recent.put("a", 0, 4)

        recent.put("b", 1, 4)

        assert recent.get("a") == 0
