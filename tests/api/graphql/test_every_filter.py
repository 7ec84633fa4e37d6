"""Every filter and every order of the schema is asked once: Postgres takes each statement that can be written."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLNamedType,
    get_named_type,
    get_nullable_type,
    is_enum_type,
    is_list_type,
)

from api.graphql.schema import schema
from domain.selection import ids
from tests.api.graphql.asking import Api

VALUES: dict[str, str] = {
    "Boolean": "true",
    "Int": "1",
    "BigInt": '"1"',
    "Number": "1.5",
    "Decimal": '"1.5"',
    "PreciseDecimal": '"1.5"',
    "String": '"s"',
    "Date": '"2026-01-01"',
    "DateTime": '"2026-01-01T00:00:00Z"',
}
AT_ONCE = 8
PERSONS = {"subjects": "Customer"}
"""Fields that hold ids of another type than the one they belong to."""
CONNECTIONS = {
    name: field
    for name, field in schema().query_type.fields.items()  # type: ignore[union-attr]  # there is one
    if "filter" in field.args and get_named_type(field.type).name.endswith("Connection")
}


def comparisons(of: GraphQLInputObjectType, entity: str) -> Iterator[str]:
    """Each field of a filter with each of its operators, and what leads to other entities once."""
    for name, field in of.fields.items():
        type_: Any = get_named_type(field.type)
        if name in ("and", "or"):
            yield f"{name}: []"
        elif name == "not":
            yield f"{name}: {{}}"
        elif not isinstance(type_, GraphQLInputObjectType):
            yield f"{name}: {value(type_, entity)}"
        elif "some" in type_.fields:
            yield from (f"{name}: {{{each}: {{}}}}" for each in ("some", "none", "every"))
        elif "and" in type_.fields:
            yield f"{name}: {{}}"
        else:
            yield from (f"{name}: {{{each}}}" for each in operators(type_, PERSONS.get(name, entity)))


def operators(of: GraphQLInputObjectType, entity: str) -> Iterator[str]:
    for name, field in of.fields.items():
        type_: Any = get_named_type(field.type)
        if isinstance(type_, GraphQLInputObjectType):
            yield f"{name}: {{{', '.join(operators(type_, entity))}}}"
        elif is_list_type(get_nullable_type(field.type)):
            yield f"{name}: []"
            yield f"{name}: [{value(type_, entity)}]"
        else:
            yield f"{name}: {value(type_, entity)}"


def value(of: GraphQLNamedType, entity: str) -> str:
    if is_enum_type(of):
        return str(next(iter(of.values)))
    return f'"{ids.made(entity, 1)}"' if of.name == "ID" else VALUES[of.name]


def batched(written: list[str]) -> Iterator[list[str]]:
    """Some at a time, side by side in one document: a request for each took half as long again (measured)."""
    for start in range(0, len(written), AT_ONCE):
        yield written[start : start + AT_ONCE]


@pytest.mark.parametrize("name", sorted(CONNECTIONS))
async def test_postgres_takes_every_filter(api: Api, name: str) -> None:
    connection = get_named_type(CONNECTIONS[name].type).name
    asked: Any = get_named_type(CONNECTIONS[name].args["filter"].type)
    written = list(comparisons(asked, connection.removesuffix("Connection")))

    for some in batched(written):
        asked_for = " ".join(
            f"f{at}: {name}(first: 1, filter: {{{each}}}) {{ totalCount }}" for at, each in enumerate(some)
        )
        response = await api.post(f"{{ {asked_for} }}")

        assert response.status_code == 200, (some, response.text)
        assert "errors" not in response.json(), (some, response.text)
        assert len(response.json()["data"]) == len(some)
    assert len(written) > 3


@pytest.mark.parametrize("name", sorted(CONNECTIONS))
async def test_postgres_takes_every_order_both_ways(api: Api, name: str) -> None:
    of: Any = get_named_type(get_named_type(CONNECTIONS[name].args["orderBy"].type).fields["field"].type)

    for field in of.values:
        for direction in ("ASC", "DESC"):
            order = f"orderBy: {{field: {field}, direction: {direction}}}"
            data = await api.data(f"{{ {name}(last: 1, {order}) {{ nodes {{ __typename }} }} }}")

            assert len(data[name]["nodes"]) <= 1
