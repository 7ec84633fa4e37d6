"""What an operation costs, said before it runs: each object that it may resolve is a point, a mutation ten besides.

A page counts as many rows as it asks for, a list as many as its ids or its mutation's rows, another one as many as it
has at most: each list says so beside its field (`most`, `few`), and so there is none that can grow. The schema's text
says the same with the directives @cost and @listSize of the GraphQL Cost Directives specification.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
)
from graphql.execution import VariableValues

from api.graphql.planning.collect import Collecting
from api.graphql.planning.nodes import MOST
from api.graphql.planning.pages import LARGEST
from api.graphql.planning.rights import BACKREF

MUTATION = 10

EACH_ROW = ("results", "rows")
"""In payloads: lists of what became of each row that the mutation was given."""


class UncountedList(Exception):
    """A list whose length nothing bounds: it must be a Connection, or say how many rows it has at most."""


@dataclass(frozen=True)
class Price:
    """The points of an operation: `base`, and `per_row` for each row that a mutation is given."""

    base: int
    per_row: int = 0


FREE = Price(0)


def price(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    values: VariableValues,
) -> Price:
    """The price of the operation with variables of this shape; never fewer points than it resolves objects."""
    root = schema.get_root_type(operation.operation)
    assert root is not None, "validation refuses an operation whose type the schema lacks"
    pricing = _Pricing(schema, Collecting(schema, fragments, values), values.coerced)
    if operation.operation is not OperationType.MUTATION:
        return Price(pricing.of(root, [operation.selection_set], None))
    pricing.items = 0
    base = pricing.of(root, [operation.selection_set], None)
    pricing.items = 1
    return Price(base, pricing.of(root, [operation.selection_set], None) - base)


def rows_in(variables: Mapping[str, Any], operation: OperationDefinitionNode) -> int:
    """At least how many rows the inputs of a mutation may hold: the longest list in them."""
    written = max((_longest(node) for node in operation.selection_set.selections), default=0)
    return max(1, written, _longest_value(variables))


def _longest(node: SelectionNode) -> int:
    arguments = node.arguments if isinstance(node, FieldNode) else ()
    return max((_longest_literal(argument.value) for argument in arguments or ()), default=0)


def _longest_literal(node: ValueNode) -> int:
    parts: Sequence[ValueNode] = ()
    if isinstance(node, ListValueNode):
        parts = node.values
    elif hasattr(node, "fields"):
        parts = [each.value for each in node.fields]
    own = len(parts) if isinstance(node, ListValueNode) else 0
    return max([own, *(_longest_literal(each) for each in parts)])


def _longest_value(value: Any) -> int:
    """The length of the longest list in a coerced variable. Upserts have ten thousands of values: no detours."""
    kind = type(value)
    longest = len(value) if kind is list else 0
    for each in value if kind is list else value.values() if kind is dict else ():
        if (type(each) is list or type(each) is dict) and (found := _longest_value(each)) > longest:
            longest = found
    return longest


@dataclass
class _Pricing:
    """`items` is how many rows a mutation was given: so many results it may tell."""

    schema: GraphQLSchema
    collecting: Collecting
    variables: Mapping[str, Any]
    items: int | None = None

    def of(self, type_: Any, sets: Sequence[SelectionSetNode | None], page: int | None) -> int:
        """The points of all objects below one object of this type. `page` is the size of the page it is."""
        if is_abstract_type(type_):
            return max(self.of(each, sets, page) for each in self._meant(type_, sets))
        return sum(self._field(type_, nodes, page) for nodes in self.collecting.fields(type_, sets).values())

    def _meant(self, type_: Any, sets: Sequence[SelectionSetNode | None]) -> Sequence[GraphQLObjectType]:
        """The possible types that the selections name, and one of the others, which are all alike."""
        possible = self.schema.get_possible_types(type_)
        named: set[str] = set()
        for each in sets:
            self._conditions(each, named)
        told = [each for each in possible if each.name in named]
        return [*told, *[each for each in possible if each.name not in named][:1]]

    def _conditions(self, selections: SelectionSetNode | None, named: set[str]) -> None:
        for node in selections.selections if selections else ():
            if isinstance(node, FragmentSpreadNode):
                self._condition(self.collecting.fragments[node.name.value], named)
            elif isinstance(node, InlineFragmentNode):
                self._condition(node, named)

    def _condition(self, fragment: InlineFragmentNode | FragmentDefinitionNode, named: set[str]) -> None:
        if fragment.type_condition is not None:
            named.add(fragment.type_condition.name.value)
        self._conditions(fragment.selection_set, named)

    def _field(self, of: GraphQLObjectType, nodes: Sequence[FieldNode], page: int | None) -> int:
        name = nodes[0].name.value
        definition = of.fields.get(name)
        if definition is None:  # __typename, __schema, __type
            return 0
        extra = weight(self.schema, of, definition)
        type_: Any = get_named_type(definition.type)
        if is_leaf_type(type_):
            return extra
        below = [node.selection_set for node in nodes]
        if is_page(type_):
            return extra + 1 + self.of(type_, below, self._size(nodes[0]))
        each = 1 + self.of(type_, below, page if name == "node" else None)
        return extra + self._rows(definition, name, nodes[0], page) * each

    def _rows(self, definition: GraphQLField, name: str, node: FieldNode, page: int | None) -> int:
        if not is_list_type(get_nullable_type(definition.type)):
            return 1
        if page is not None and name in ("edges", "nodes"):
            return page
        if "ids" in definition.args:
            return self._ids(node)
        if self.items is not None and name in EACH_ROW:
            return self.items
        return assumed(definition)

    def _size(self, node: FieldNode) -> int:
        """The size of the page asked for; the largest where it is not said, which is refused later."""
        given = [self._argument(node, name) for name in ("first", "last")]
        return next((each for each in given if isinstance(each, int)), LARGEST)

    def _ids(self, node: FieldNode) -> int:
        given = self._argument(node, "ids")
        return min(len(given), MOST) if isinstance(given, list) else MOST

    def _argument(self, node: FieldNode, name: str) -> Any:
        for argument in node.arguments or ():
            if argument.name.value == name:
                match argument.value:
                    case IntValueNode(value=text):
                        return int(text)
                    case ListValueNode(values=items):
                        return list(items)
                    case VariableNode(name=variable):
                        return self.variables.get(variable.value)
        return None


def weight(schema: GraphQLSchema, of: Any, definition: GraphQLField) -> int:
    """What asking for the field costs besides the objects that it resolves."""
    own: int = getattr(definition.extensions.get(BACKREF), "cost", 0)
    return MUTATION if of is schema.mutation_type else own


def assumed(definition: GraphQLField) -> int:
    """How many rows a list without a page is counted for. Raises UncountedList where nothing says so."""
    field: Any = definition.extensions.get(BACKREF)
    if field is not None and field.python_name == "user_errors":  # of each thing, what was found wrong first
        return 1
    most: int | None = getattr(field, "assumed", None)
    if most is None:
        name = getattr(field, "python_name", "?")
        raise UncountedList(f"{name} is a list that does not say how many rows it has at most")
    return most


def is_page(type_: Any) -> bool:
    """Whether the type is a connection."""
    return isinstance(type_, GraphQLObjectType) and {"edges", "pageInfo"} <= type_.fields.keys()


_OBJECTS = re.compile(rb'\{"(?![,}\]])')
"""One pass: counting the beginnings and taking off what begins none were four, 210 us of 75 kB instead of 65."""


def resolved(body: bytes) -> int:
    """How many objects the compact JSON holds, without reading it; not those of which nothing was asked.

    An object with something in it begins with `{"` and a name. The same two bytes may end a text ("a{"), where a
    comma, a brace or a bracket follows, which begin no name.
    """
    return len(_OBJECTS.findall(body))
