"""Arguments as templates: what shapes the statement is here now, every other value is found at each call.

A template is None, a structural value (bool, int, member of an ordering enum), a Value (bound at each call), a list of
templates, or a dict by the names of the schema. Which leaves are structural: `structural`, and shape.py agrees.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInt,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableNode,
    get_nullable_type,
    is_list_type,
)
from graphql.execution import VariableValues
from graphql.utilities import coerce_input_literal

from api.errors import BadRequest
from domain.selection.values import Given, Later, Several

Template = Any


class Structural:
    """Mixed into an enum whose members shape the statement: orderings."""


def structural(type_: Any) -> bool:
    """Whether a leaf's value is part of the statement's text and not bound."""
    if isinstance(type_, GraphQLEnumType):
        return issubclass(getattr(type_, "wrapped_cls", object), Structural)
    return type_ in (GraphQLBoolean, GraphQLInt)


@dataclass(frozen=True)
class Templates:
    """Reads arguments of one operation with the variables it is planned for."""

    variables: VariableValues

    def of(
        self, arguments: Mapping[str, GraphQLArgument], node: FieldNode, place: str
    ) -> dict[str, Template]:
        """The arguments given to the field, and the defaults of those that were not."""
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        return self._named(arguments, given, place)

    def _named(
        self,
        slots: Mapping[str, GraphQLArgument] | Mapping[str, GraphQLInputField],
        given: Mapping[str, ValueNode],
        place: str,
    ) -> dict[str, Template]:
        found: dict[str, Template] = {}
        for name, slot in slots.items():
            node = given.get(name)
            if node is not None and not self._absent(node):
                found[name] = self._node(node, slot.type, f"{place}.{name}")
            elif slot.default_value is not Undefined:
                found[name] = self._value(slot.default_value, slot.type, None, f"{place}.{name}")
        return found

    def _absent(self, node: ValueNode) -> bool:
        return isinstance(node, VariableNode) and node.name.value not in self.variables.coerced

    def _node(self, node: ValueNode, type_: GraphQLInputType, place: str) -> Template:
        of: Any = get_nullable_type(type_)
        match node:
            case VariableNode():
                name = node.name.value
                return self._value(self.variables.coerced[name], of, (name,), place)
            case NullValueNode():
                return None
        if is_list_type(of):
            return self._list(node, of.of_type, place)
        if isinstance(of, GraphQLInputObjectType) and isinstance(node, ObjectValueNode):
            return self._named(
                of.fields, {field.name.value: field.value for field in node.fields or ()}, place
            )
        value = coerce_input_literal(node, of)
        if value is Undefined:
            raise BadRequest(f"{place}: not a value of the type {of}")
        return value if structural(of) else Given(value, place)

    def _list(self, node: ValueNode, item: GraphQLInputType, place: str) -> Template:
        nodes = list(node.values or ()) if isinstance(node, ListValueNode) else [node]
        items = [self._node(each, item, place) for each in nodes if not self._absent(each)]
        return Several(tuple(items), place) if self._bound(item) else items

    def _value(
        self, value: Any, type_: GraphQLInputType, path: tuple[str | int, ...] | None, place: str
    ) -> Template:
        """The template of a coerced value; `path` is its way inside the variables, None for a default."""
        of: Any = get_nullable_type(type_)
        if value is None or structural(of):
            return value
        if isinstance(of, GraphQLInputObjectType):
            return {
                name: self._value(each, of.fields[name].type, path and (*path, name), f"{place}.{name}")
                for name, each in value.items()
            }
        if is_list_type(of) and not self._bound(of.of_type):
            return [
                self._value(each, of.of_type, path and (*path, at), place) for at, each in enumerate(value)
            ]
        return Given(value, place) if path is None else Later(path, place)

    def _bound(self, type_: GraphQLInputType) -> bool:
        """Whether values of the type are leaves that are bound."""
        of: Any = get_nullable_type(type_)
        if is_list_type(of):
            return self._bound(of.of_type)
        return not isinstance(of, GraphQLInputObjectType) and not structural(of)
