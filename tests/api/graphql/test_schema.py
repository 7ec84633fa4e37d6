"""The schema as text, and what every type of it keeps."""

import json
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_client_schema,
    build_schema,
    get_introspection_query,
    get_named_type,
    validate_schema,
)

import api.graphql
from api.backend import Backend
from api.context import Call
from api.graphql.documents import Documents
from api.graphql.execution import answer
from api.graphql.schema import schema
from api.permissions import TABLE, Action, Group
from domain.access import Actor
from domain.roles import Role, Scope
from tests.api.graphql.asking import Api
from tests.api.graphql.written import built, text

COMMITTED = Path(api.graphql.__file__).with_name("schema.graphql")


class TestText:
    def test_the_committed_text_is_the_schema(self) -> None:
        assert COMMITTED.read_text() == text(), "run: dangol schema > api/graphql/schema.graphql"

    def test_the_text_alone_is_a_valid_schema(self) -> None:
        assert validate_schema(built()) == []


class TestConventions:
    def test_no_field_is_a_float(self) -> None:
        assert "Float" not in text()

    def test_every_list_that_takes_a_page_is_a_connection_with_all_its_parts(self) -> None:
        for type_ in schema().type_map.values():
            if not isinstance(type_, GraphQLObjectType):
                continue
            for name, field in type_.fields.items():
                if "first" in field.args:
                    connection = get_named_type(field.type)
                    assert connection.name.endswith("Connection"), f"{type_.name}.{name}"
                    assert set(connection.fields) == {"edges", "nodes", "pageInfo", "totalCount"}
                    assert {"first", "after", "last", "before"} <= set(field.args)

    def test_every_node_says_what_it_is_and_has_a_version_if_it_can_be_updated(self) -> None:
        node = schema().type_map["Node"]
        assert isinstance(node, GraphQLInterfaceType)

        for type_ in schema().get_possible_types(node):
            version = type_.fields.get("version")
            assert type_.description, type_.name
            assert version is None or str(version.type) == "Int!", type_.name
            updated = (type_.name, Action.UPDATE, Group.BASE) in TABLE
            # A job is only begun again; of a scheme only the company's choice changes.
            assert version is not None or not updated or type_.name in {"Job", "RfmScheme"}, type_.name


async def data_of(held: Documents, text: str, backend: Backend, role: Role) -> Any:
    """What these documents answer to somebody of this role."""
    call = Call(Actor(subject="ann", role=role, scope=Scope.ALL))
    return json.loads(await answer(held, held.operation(text, None), {}, backend, call))["data"]


class TestIntrospection:
    async def test_a_client_can_ask_what_there_is(self, api: Api) -> None:
        data = await api.data(
            '{ __type(name: "CustomerKey") { isOneOf inputFields { name } } __schema { queryType { name } } }'
        )

        assert data == {
            "__type": {"isOneOf": True, "inputFields": [{"name": "id"}, {"name": "external"}]},
            "__schema": {"queryType": {"name": "Query"}},
        }

    async def test_what_is_asked_of_the_schema_alone_is_worked_out_once(self, backend: Backend) -> None:
        held = Documents(schema())

        first = await data_of(held, get_introspection_query(), backend, Role.ADMIN)
        again = await data_of(held, get_introspection_query(), backend, Role.AGENT)

        assert build_client_schema(first).type_map.keys() >= {"Customer", "Query"}
        assert again == first
        assert len(held.introspection) == 1

    async def test_what_is_asked_beside_the_schema_is_answered_for_each(self, backend: Backend) -> None:
        held, asked = Documents(schema()), "{ __schema { queryType { name } } viewer { role } }"

        roles = [
            (await data_of(held, asked, backend, role))["viewer"]["role"]
            for role in (Role.MARKETER, Role.AGENT)
        ]

        assert roles == ["MARKETER", "AGENT"]
        assert len(held.introspection) == 0

    async def test_another_schema_does_not_answer_for_this_one(self, backend: Backend) -> None:
        asked = "{ __schema { queryType { name } } }"
        other = Documents(build_schema("schema { query: Other } type Other { a: Int }"))
        await data_of(Documents(schema()), asked, backend, Role.ADMIN)

        found = await data_of(other, asked, backend, Role.ADMIN)

        assert found == {"__schema": {"queryType": {"name": "Other"}}}

    @pytest.mark.parametrize(
        "name", ["Customer", "Touchpoint", "Order", "OrderLine", "Product", "Category", "Offer", "OfferGrant"]
    )
    async def test_every_plain_field_of_the_type_can_be_asked(self, api: Api, name: str) -> None:
        ways = {
            "OrderLine": "orders(first: 9) {{ nodes {{ lines(first: 9) {{ nodes {{ {0} }} }} }} }}",
            "OfferGrant": "offers(first: 9) {{ nodes {{ grants(first: 9) {{ nodes {{ {0} }} }} }} }}",
            "Category": "categories(first: 9) {{ nodes {{ {0} }} }}",
        }
        type_ = schema().type_map[name]
        assert isinstance(type_, GraphQLObjectType)
        fields = [_asked(field_name, type_) for field_name in type_.fields]
        way = ways.get(name, name.lower() + "s(first: 9) {{ nodes {{ {0} }} }}")

        data = await api.data("{ " + way.format(" ".join(fields)) + " }")

        assert data


def _asked(name: str, type_: GraphQLObjectType) -> str:
    field = type_.fields[name]
    inner = get_named_type(field.type)
    arguments = "(first: 2)" if "first" in field.args else ""
    return f"{name}{arguments} {{ __typename }}" if isinstance(inner, GraphQLObjectType) else name
