"""Who may ask for what: field groups by role, rows by scope, and a schema that is guarded as a whole."""

import json
from typing import Any

import pytest
from graphql import GraphQLField, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api import permissions
from api.backend import Backend
from api.context import Call
from api.errors import ApiError
from api.graphql.checks import BrokenPromise, UnguardedField, check
from api.graphql.documents import Documents
from api.graphql.execution import answer
from api.graphql.fields import SelectedField
from api.graphql.planning.readings import OfColumn
from api.graphql.planning.rights import BACKREF
from api.graphql.schema import schema
from api.permissions import Action, Group
from domain.access import Actor
from domain.customers.queries import customers
from domain.errors import DomainError
from domain.roles import Role, Scope
from domain.selection import ids
from tests.api.graphql.asking import Api, Counted
from tests.api.graphql.random_documents import documents

CONTACTS = "{ customers(first: 5) { nodes { name c: contactPoints { value } } } }"


class TestFieldGroups:
    @pytest.mark.parametrize("role", list(Role))
    async def test_contact_data_is_for_those_who_reach_people(self, api: Api, role: Role) -> None:
        response = await api.post(CONTACTS, as_={"role": role.value})

        if role in (Role.ANALYST, Role.VIEWER):
            assert response.status_code == 403
            assert "CANARY" not in response.text
        else:
            assert response.status_code == 200
            assert "CANARY" in response.text

    async def test_a_forbidden_field_refuses_the_document_before_anything_runs(self, api: Api) -> None:
        await api.data("{ viewer { subject } }", as_={"role": "ANALYST"})
        Counted.statements.clear()

        [error] = await api.errors(CONTACTS, as_={"role": "ANALYST"})

        assert error == {
            "message": "the role analyst may not read the contact fields of Customer",
            "path": ["customers", "nodes", "c"],
            "extensions": {"code": "FORBIDDEN"},
        }
        assert Counted.statements == []

    async def test_no_way_round_by_fragment_node_or_type(self, api: Api) -> None:
        for document in (
            '{ node(id: "Q3VzdG9tZXI6MQ==") { ... on Customer { contactPoints { kind } } } }',
            '{ nodes(ids: ["Q3VzdG9tZXI6MQ=="]) { ... on Customer { contactPoints { kind } } } }',
            "{ touchpoints(first: 1) { nodes { note } } }",
            "{ users(first: 1) { nodes { email } } }",
            "{ customers(first: 1) { ...F } } fragment F on CustomerConnection { edges { node { owner { email } } } }",
            "{ viewer { role } customers(first: 1) { nodes { contactPoints { kind } } } }",
        ):
            [error] = await api.errors(document, as_={"role": "ANALYST"})

            assert error["extensions"]["code"] == "FORBIDDEN", document

    async def test_what_is_skipped_is_not_asked_for(self, api: Api) -> None:
        document = """query($s: Boolean!) { customers(first: 1) { nodes {
            kind contactPoints @skip(if: $s) { value } } } }"""

        allowed = await api.post(document, {"s": True}, as_={"role": "ANALYST"})
        refused = await api.post(document, {"s": False}, as_={"role": "ANALYST"})

        assert (allowed.status_code, refused.status_code) == (200, 403)

    async def test_every_field_of_every_type_answers_as_the_table_says_for_every_role(self, api: Api) -> None:
        for role in Role:
            for name, field in _leaves("Customer"):
                response = await api.post(
                    f"{{ customers(first: 1) {{ nodes {{ {name} }} }} }}", as_={"role": role.value}
                )

                group = getattr(field.extensions[BACKREF], "group", Group.BASE)
                assert (response.status_code == 200) == permissions.may(role, "Customer", Action.READ, group)


def _leaves(type_name: str) -> list[tuple[str, GraphQLField]]:
    type_: Any = schema().type_map[type_name]
    return [
        (name, field)
        for name, field in type_.fields.items()
        if not field.args
        and "[" not in str(field.type)
        and not isinstance(getattr(field.type, "of_type", field.type), GraphQLObjectType)
    ]


OWN = {"role": "AGENT", "scope": "OWN", "subject": "kim"}
"""Owns the customers whose number is a multiple of 4."""
BRANCH = {"role": "AGENT", "scope": "BRANCH", "subject": "nobody", "branches": ("S01",)}
"""Works for branch 1, the home of customers whose number is a multiple of 3."""


class TestScopes:
    async def test_own_customers_and_what_belongs_to_them(self, api: Api) -> None:
        data = await api.data(
            """{ customers(first: 100) { totalCount nodes { id } }
                orders(first: 100) { nodes { customer { id } agent { id } } }
                touchpoints(first: 100) { nodes { customer { id } agent { id } } } }""",
            as_=OWN,
        )

        owned = {ids.made("Customer", key) for key in (4, 8, 12)}
        assert {node["id"] for node in data["customers"]["nodes"]} == owned
        assert data["customers"]["totalCount"] == 3
        me = ids.made("User", 1)
        for order in data["orders"]["nodes"]:
            taken = (order["agent"] or {}).get("id") == me
            assert taken or order["customer"]["id"] in owned
            assert order["customer"] is None or order["customer"]["id"] in owned
        for touchpoint in data["touchpoints"]["nodes"]:
            mine = (touchpoint["agent"] or {}).get("id") == me
            assert mine or touchpoint["customer"]["id"] in owned
            assert touchpoint["customer"] is None or touchpoint["customer"]["id"] in owned

    async def test_the_customers_orders_and_touchpoints_of_the_branches(self, api: Api) -> None:
        data = await api.data(
            """{ customers(first: 100) { nodes { id } }
                orders(first: 100) { nodes { customer { id } branch { code } } } }""",
            as_=BRANCH,
        )

        homes = {ids.made("Customer", key) for key in (3, 6, 9, 12)}
        assert {node["id"] for node in data["customers"]["nodes"]} == homes
        for order in data["orders"]["nodes"]:
            of_branch = order["branch"] == {"code": "S01"}
            assert of_branch or order["customer"]["id"] in homes
            assert order["customer"] is None or order["customer"]["id"] in homes

    async def test_an_invisible_row_is_null_like_an_absent_one(self, api: Api) -> None:
        data = await api.data(
            """{ customer(id: "Q3VzdG9tZXI6MQ==") { id } node(id: "Q3VzdG9tZXI6MQ==") { id }
                nodes(ids: ["Q3VzdG9tZXI6MQ==", "Q3VzdG9tZXI6NA=="]) { id }
                customerBy(key: {external: {system: "erp", id: "erp-1"}}) { id } }""",
            as_=OWN,
        )

        assert data == {
            "customer": None,
            "node": None,
            "nodes": [None, {"id": "Q3VzdG9tZXI6NA=="}],
            "customerBy": None,
        }

    async def test_a_filter_across_a_relation_cannot_ask_about_what_is_not_seen(self, api: Api) -> None:
        # The agent made touchpoints with customers of others; their names are not his to probe.
        probe = """{ touchpoints(first: 1, filter: {agent: {id: {eq: "VXNlcjox"}}, customer: {name: {gte: ""}}}) {
            nodes { customer { id } } totalCount } }"""

        data = await api.data(probe, as_=OWN)
        everyone = await api.data(probe)

        assert data["touchpoints"]["totalCount"] < everyone["touchpoints"]["totalCount"]
        assert {node["customer"]["id"] for node in data["touchpoints"]["nodes"]} <= {
            ids.made("Customer", 12),
            ids.made("Customer", 8),
            ids.made("Customer", 4),
        }

    async def test_two_actors_of_one_scope_share_a_plan_and_not_their_rows(self, api: Api) -> None:
        document = "{ customers(first: 100, orderBy: {field: ID}) { nodes { id } } }"

        kim = await api.data(document, as_=OWN)
        lee = await api.data(document, as_={**OWN, "subject": "lee"})
        nobody = await api.data(document, as_={**OWN, "subject": "nobody"})

        assert [ids.read(node["id"]).key for node in kim["customers"]["nodes"]] == [4, 8, 12]
        assert [ids.read(node["id"]).key for node in lee["customers"]["nodes"]] == [1, 5, 9, 13]
        assert nobody["customers"]["nodes"] == []


class TestNothingLeaks:
    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    async def test_random_documents_show_ids_of_visible_rows_only(
        self, backend: Backend, data: st.DataObject
    ) -> None:
        actor = Actor(subject="kim", role=Role.AGENT, scope=Scope.OWN, user_id=1)
        asked = data.draw(documents(schema(), {}))
        held = Documents(schema())

        try:
            body = await answer(held, held.operation(asked.text, None), asked.variables, backend, Call(actor))
        except (ApiError, DomainError):
            return

        shown = {
            found for found in _ids(json.loads(body)) if found.type in ("Customer", "Order", "OfferGrant")
        }
        allowed = {
            "Customer": {4, 8, 12},
            # Of his customers, or taken by himself.
            "Order": {key for key in range(1, 21) if key % 6 == 4 or key % 3 == 1},
            "OfferGrant": {key for key in range(1, 13) if 1 + key % 9 in (4, 8)},
        }
        assert all(found.key in allowed[found.type] for found in shown)


def _ids(value: Any) -> set[ids.Id]:
    match value:
        case dict():
            return set().union(*map(_ids, value.values()))
        case list():
            return set().union(*map(_ids, value))
        case str():
            try:
                return {ids.read(value)}
            except ids.BadId:
                return set()
    return set()


def _may_be_read_by_all(type_name: str, group: Group) -> bool:
    """Whether roles that do not reach people read the field. To confidential values only a guarded field leads."""
    return type_name != "CustomerAttributeValue" and any(
        permissions.may(role, type_name, Action.READ, group) for role in (Role.ANALYST, Role.VIEWER)
    )


class TestGuardedSchema:
    def test_a_field_without_an_entry_does_not_start(self) -> None:
        stranger = GraphQLObjectType("Stranger", {"secret": GraphQLField(GraphQLString)})
        query = GraphQLObjectType("Query", {"stranger": GraphQLField(stranger)})

        with pytest.raises(UnguardedField, match=r"Query\.stranger needs the entry \('Stranger'"):
            check(GraphQLSchema(query))

    def test_a_field_that_is_never_null_over_a_column_that_may_be_does_not_start(self) -> None:
        said = SelectedField()
        said.reading = OfColumn((customers.region,))
        field = GraphQLField(GraphQLNonNull(GraphQLString), extensions={BACKREF: said})
        query = GraphQLObjectType(
            "Query", {"customer": GraphQLField(GraphQLObjectType("Customer", {"region": field}))}
        )

        with pytest.raises(BrokenPromise, match=r"Customer\.region is said to be never null"):
            check(GraphQLSchema(query))

    def test_what_the_table_does_not_name_nobody_may(self) -> None:
        assert not any(permissions.may(role, "Stranger", Action.READ) for role in Role)
        assert not any(permissions.may(role, "Order", Action.ERASE) for role in Role)

    def test_a_column_tagged_as_contact_or_sensitive_is_in_a_group_of_its_own(self) -> None:
        loose = []
        for type_ in schema().type_map.values():
            for name, field in getattr(type_, "fields", {}).items():
                said = field.extensions.get(BACKREF)
                reading = getattr(said, "reading", None)
                tags = {column.personal.value for column in getattr(reading, "columns", ())}
                if tags & {"contact", "sensitive"} and _may_be_read_by_all(type_.name, said.group):
                    loose.append(f"{type_.name}.{name}")

        assert loose == []
