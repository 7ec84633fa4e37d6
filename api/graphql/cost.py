"""What an operation costs, said before it runs: each object that it may resolve is a point, work besides has a weight.

A mutation weighs ten; an order that has to look at all rows before it knows the first (`gathered`) five
thousand, or twenty for each parent whose rows are ordered.

A page counts as many rows as it asks for, a list as many as its ids or its mutation's rows, another one as many as it
has at most: each list says so beside its field (`most`, `few`), and so there is none that can grow. The schema's text
says the same with the directives @cost and @listSize of the GraphQL Cost Directives specification.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from graphql import (
    EnumValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
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

from api.graphql.planning.browsing import gathered
from api.graphql.planning.collect import Collecting
from api.graphql.planning.nodes import MOST
from api.graphql.planning.pages import LARGEST
from api.graphql.planning.rights import BACKREF
from api.graphql.scalars import HOLDING_OBJECTS

MUTATION = 10

GATHERED, GATHERED_OF_PARENT = 5_000, 20
"""Ordering by what other tables say takes 5 to 30 us for each row there is: 0.6 s to 3 s of 100,000 (measured)."""

EACH_ROW = ("results", "rows")
"""In payloads: lists of what became of each row that the mutation was given."""


class UncountedList(Exception):
    """A list whose length nothing bounds: it must be a Connection, or say how many rows it has at most."""


Path = tuple[str, ...]


@dataclass(frozen=True)
class Price:
    """The points of an operation: `base`, and `per_row` for each row that a mutation is given.

    `work` of the base are weights: used whatever the answer holds. `opaque` are the response keys that lead to values
    whose insides are no objects of the schema: scalars that hold JSON, and the schema itself.
    """

    base: int
    per_row: int = 0
    work: int = 0
    opaque: frozenset[Path] = frozenset()


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
    if operation.operation is OperationType.MUTATION:
        pricing.items = 0
    points = pricing.of(root, [operation.selection_set], None)
    opaque = frozenset(pricing.opaque)
    if operation.operation is not OperationType.MUTATION:
        return Price(points.total, work=points.work, opaque=opaque)
    pricing.items = 1
    per_row = pricing.of(root, [operation.selection_set], None).total - points.total
    return Price(points.total, per_row, points.work, opaque)


@dataclass(frozen=True)
class Points:
    """Of objects, and of work besides them."""

    objects: int = 0
    work: int = 0

    @property
    def total(self) -> int:
        return self.objects + self.work

    def __add__(self, other: "Points") -> "Points":
        return Points(self.objects + other.objects, self.work + other.work)

    def times(self, rows: int) -> "Points":
        return Points(self.objects * rows, self.work * rows)


OBJECT = Points(1)


@dataclass
class _Pricing:
    """`items` is how many rows a mutation was given: so many results it may tell. `opaque`: see Price."""

    schema: GraphQLSchema
    collecting: Collecting
    variables: Mapping[str, Any]
    items: int | None = None
    path: Path = ()
    opaque: set[Path] = field(default_factory=set)

    def of(self, type_: Any, sets: Sequence[SelectionSetNode | None], page: int | None) -> Points:
        """The points of all objects below one object of this type. `page` is the size of the page it is."""
        if is_abstract_type(type_):
            found = (self.of(each, sets, page) for each in self._meant(type_, sets))
            return max(found, key=lambda points: points.total)
        points, here = Points(), self.path
        for key, nodes in self.collecting.fields(type_, sets).items():
            self.path = (*here, key)
            points += self._field(type_, nodes, page)
        self.path = here
        return points

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

    def _field(self, of: GraphQLObjectType, nodes: Sequence[FieldNode], page: int | None) -> Points:
        name = nodes[0].name.value
        definition = of.fields.get(name)
        if definition is None:  # __typename, __schema, __type
            self.opaque |= {self.path} if name != "__typename" else set()
            return Points()
        extra = Points(work=weight(self.schema, of, definition))
        type_: Any = get_named_type(definition.type)
        if is_leaf_type(type_):
            self.opaque |= {self.path} if type_.name in HOLDING_OBJECTS else set()
            return extra
        below = [node.selection_set for node in nodes]
        if is_page(type_):
            order = self._order(of, definition, nodes[0])
            return extra + order + OBJECT + self.of(type_, below, self._size(nodes[0]))
        each = OBJECT + self.of(type_, below, page if name == "node" else None)
        return extra + each.times(self._rows(definition, name, nodes[0], page))

    def _order(self, of: GraphQLObjectType, definition: GraphQLField, node: FieldNode) -> Points:
        """What ordering the page weighs."""
        input_ = definition.args.get("orderBy")
        if input_ is None or not any(gathered(input_.type, name) for name in self._names(node)):
            return Points()
        is_root = of is self.schema.query_type
        return Points(work=GATHERED if is_root else GATHERED_OF_PARENT)

    def _names(self, node: FieldNode) -> Iterator[str]:
        """What the page is ordered by."""
        for argument in node.arguments or ():
            if argument.name.value == "orderBy":
                yield from _written(argument.value, self.variables)

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


def _written(node: ValueNode, variables: Mapping[str, Any]) -> Iterator[str]:
    """The names of enums in a value."""
    match node:
        case EnumValueNode(value=name):
            yield name
        case VariableNode(name=variable):
            yield from _given(variables.get(variable.value))
        case ListValueNode(values=items):
            for each in items or ():
                yield from _written(each, variables)
        case ObjectValueNode(fields=fields):
            for named in fields or ():
                yield from _written(named.value, variables)


def _given(value: Any) -> Iterator[str]:
    match value:
        case Enum(name=name):
            yield name
        case list():
            for each in value:
                yield from _given(each)
        case dict():
            for each in value.values():
                yield from _given(each)


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
