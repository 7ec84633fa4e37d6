"""The shape of variables: all of them that the text of a statement depends on. Equal shapes share a plan.

Part of it: presence, null, the keys of inputs, how many inputs a list has, booleans, whole numbers that are arguments
themselves (page sizes), orderings, and the types that opaque ids name. Not part of it: every other value.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    GraphQLID,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLSchema,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    get_nullable_type,
    is_list_type,
    visit,
)
from graphql.utilities import type_from_ast

from api.graphql.planning.arguments import structural
from domain.selection import ids

Shape = Callable[[Any], Hashable]


def of_variables(
    schema: GraphQLSchema, definitions: Sequence[VariableDefinitionNode], document: DocumentNode
) -> Callable[[Mapping[str, Any]], Hashable]:
    """Gives the shape of an operation's coerced variables."""
    shapes: list[tuple[str, Shape]] = []
    arguments = _arguments(document) if definitions else frozenset()
    for definition in definitions:
        type_: Any = type_from_ast(schema, definition.type)
        name = definition.variable.name.value
        shapes.append((name, _of(type_, inside=name not in arguments)))

    def shape(variables: Mapping[str, Any]) -> Hashable:
        return tuple(of(variables[name]) if name in variables else ... for name, of in shapes)

    return shape


def _arguments(document: DocumentNode) -> frozenset[str]:
    """The variables that stand for whole arguments, and not only inside an input."""
    seen = _Arguments()
    visit(document, seen)
    return frozenset(seen.names)


class _Arguments(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        if isinstance(node.value, VariableNode):
            self.names.add(node.value.name.value)


def _of(type_: GraphQLInputType, *, inside: bool) -> Shape:
    of: Any = get_nullable_type(type_)
    if is_list_type(of):
        return _of_list(of.of_type, inside)
    if isinstance(of, GraphQLInputObjectType):
        return _of_input(of)
    if of is GraphQLID:
        return lambda value: None if value is None else _type(value)
    return _itself if structural(of, inside=inside) else _present


def _present(value: Any) -> Hashable:
    return value is not None


def _itself(value: Any) -> Hashable:
    return value  # type: ignore[no-any-return]  # a bool, a number or a member of an enum


def _type(opaque: str) -> str:
    try:
        return ids.read(opaque).type
    except ids.BadId:
        return ""  # refused where the id is used, which knows its place


def _of_input(type_: GraphQLInputObjectType) -> Shape:
    parts: dict[str, Shape] = {}

    def shape(value: Any) -> Hashable:
        if value is None:
            return None
        if not parts:  # an input may hold itself, so its parts are looked at when they are needed
            parts.update({name: _of(field.type, inside=True) for name, field in type_.fields.items()})
        return tuple((name, parts[name](each)) for name, each in value.items())

    return shape


def _of_list(item: GraphQLInputType, inside: bool) -> Shape:
    of: Any = get_nullable_type(item)
    if of is GraphQLID:
        return lambda value: None if value is None else frozenset(_type(each) for each in value)
    if isinstance(of, GraphQLInputObjectType) or is_list_type(of) or structural(of, inside=inside):
        each_shape = _of(of, inside=inside)
        return lambda value: None if value is None else tuple(each_shape(each) for each in value)
    return _present
