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
from domain.messages import say
from domain.selection.values import Given, Later, Several

Template = Any


class Structural:
    """Mixed into an enum whose members shape the statement: orderings."""


def structural(type_: Any, *, inside: bool = False) -> bool:
    """Whether a leaf's value is part of the statement's text and not bound.

    A whole number is, where it is an argument itself: a page's size. `inside` an input it is a value to compare with.
    """
    if isinstance(type_, GraphQLEnumType):
        return issubclass(getattr(type_, "wrapped_cls", object), Structural)
    return type_ is GraphQLBoolean or (type_ is GraphQLInt and not inside)


@dataclass(frozen=True)
class Templates:
    """Reads arguments of one operation with the variables it is planned for."""

    variables: VariableValues

    def of(
        self, arguments: Mapping[str, GraphQLArgument], node: FieldNode, place: str
    ) -> dict[str, Template]:
        """The arguments given to the field, and the defaults of those that were not."""
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        return self._named(arguments, given, place, inside=False)

    def _named(
        self,
        slots: Mapping[str, GraphQLArgument] | Mapping[str, GraphQLInputField],
        given: Mapping[str, ValueNode],
        place: str,
        *,
        inside: bool,
    ) -> dict[str, Template]:
        found: dict[str, Template] = {}
        for name, slot in slots.items():
            node = given.get(name)
            if node is not None and not self._absent(node):
                found[name] = self._node(node, slot.type, f"{place}.{name}", inside=inside)
            elif slot.default_value is not Undefined:
                found[name] = self._value(
                    slot.default_value, slot.type, None, f"{place}.{name}", inside=inside
                )
        return found

    def _absent(self, node: ValueNode) -> bool:
        return isinstance(node, VariableNode) and node.name.value not in self.variables.coerced

    def _node(self, node: ValueNode, type_: GraphQLInputType, place: str, *, inside: bool) -> Template:
        of: Any = get_nullable_type(type_)
        match node:
            case VariableNode():
                name = node.name.value
                return self._value(self.variables.coerced[name], of, (name,), place, inside=inside)
            case NullValueNode():
                return None
        if is_list_type(of):
            return self._list(node, of.of_type, place, inside=inside)
        if isinstance(of, GraphQLInputObjectType) and isinstance(node, ObjectValueNode):
            given = {field.name.value: field.value for field in node.fields or ()}
            return self._named(of.fields, given, place, inside=True)
        value = coerce_input_literal(node, of)
        if value is Undefined:
            raise BadRequest(say("{place}: not a value of the type {type}", place=place, type=of))
        return value if structural(of, inside=inside) else Given(value, place)

    def _list(self, node: ValueNode, item: GraphQLInputType, place: str, *, inside: bool) -> Template:
        nodes = list(node.values or ()) if isinstance(node, ListValueNode) else [node]
        items = [self._node(each, item, place, inside=inside) for each in nodes if not self._absent(each)]
        return Several(tuple(items), place) if self._bound(item, inside) else items

    def _value(
        self,
        value: Any,
        type_: GraphQLInputType,
        path: tuple[str | int, ...] | None,
        place: str,
        *,
        inside: bool,
    ) -> Template:
        """The template of a coerced value; `path` is its way inside the variables, None for a default."""
        of: Any = get_nullable_type(type_)
        if value is None or structural(of, inside=inside):
            return value
        if isinstance(of, GraphQLInputObjectType):
            return {
                name: self._value(
                    each, of.fields[name].type, path and (*path, name), f"{place}.{name}", inside=True
                )
                for name, each in value.items()
            }
        if is_list_type(of) and not self._bound(of.of_type, inside):
            return [
                self._value(each, of.of_type, path and (*path, at), place, inside=inside)
                for at, each in enumerate(value)
            ]
        return Given(value, place) if path is None else Later(path, place)

    def _bound(self, type_: GraphQLInputType, inside: bool) -> bool:
        """Whether values of the type are leaves that are bound."""
        of: Any = get_nullable_type(type_)
        if is_list_type(of):
            return self._bound(of.of_type, inside)
        return not isinstance(of, GraphQLInputObjectType) and not structural(of, inside=inside)
