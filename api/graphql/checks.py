"""What a schema must keep before it is served; one that does not, does not start."""

from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_non_null_type,
)

from api.graphql.planning import rights
from api.graphql.planning.readings import OfColumn, OfId, OfKey, OfNode, OfRelation, OfWritten
from api.graphql.writes import WriteField
from api.permissions import known


class UnguardedField(Exception):
    """A field of the schema has no entry in the permission table."""


class BrokenPromise(Exception):
    """A field that the schema says is never null stands for something that may be."""


class UnsafeMutation(Exception):
    """A mutation was declared in another way than writes.py offers, or lacks what every mutation has."""


def check(schema: GraphQLSchema) -> None:
    """Raises UnguardedField, BrokenPromise or UnsafeMutation for the first field that is not as it must be."""
    for name, field in schema.mutation_type.fields.items() if schema.mutation_type else ():
        _check_mutation(name, field)
    for type_, name, field in _fields(schema):
        for key in rights.of_field(type_, field):
            if not known(*key):
                raise UnguardedField(f"{type_.name}.{name} needs the entry {key} in api/permissions.py")
        if is_non_null_type(field.type) and _may_be_null(field):
            raise BrokenPromise(f"{type_.name}.{name} is said to be never null, and what it shows may be")


def _check_mutation(name: str, field: GraphQLField) -> None:
    said = field.extensions.get(rights.BACKREF)
    if not isinstance(said, WriteField) or not said.rights:
        raise UnsafeMutation(f"{name} must be declared by api.graphql.writes, with its rights")
    if list(field.args) != ["input"] or not is_non_null_type(field.args["input"].type):
        raise UnsafeMutation(f"{name} must have the argument `input` alone, never null")
    payload: Any = get_named_type(field.type)
    if "userErrors" not in payload.fields:
        raise UnsafeMutation(f"the payload of {name} must have `userErrors`")
    told: Any = get_named_type(field.args["input"].type)
    if name.startswith("update") and "id" in told.fields and "expectedVersion" not in told.fields:
        raise UnsafeMutation(f"{told.name} must have `expectedVersion`: who changes a row has seen it")


def _fields(schema: GraphQLSchema) -> Iterator[tuple[GraphQLObjectType, str, GraphQLField]]:
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            for name, field in type_.fields.items():
                yield type_, name, field


def _may_be_null(field: GraphQLField) -> bool:
    """A planned read has no partial data: it succeeds or fails whole, so that no null may come where none can be."""
    match getattr(field.extensions.get(rights.BACKREF), "reading", None):
        case OfColumn(columns):
            shown = columns[:1] if is_leaf_type(getattr(field.type, "of_type", None)) else columns
            return any(column.nullable for column in shown)
        case OfRelation(relation):
            return not relation.many and relation.nullable
        case OfId() | OfKey() | OfNode() | OfWritten():
            return True
    return False
