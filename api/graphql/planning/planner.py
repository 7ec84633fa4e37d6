"""The walk over one operation that makes its selection."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)
from graphql.execution import VariableValues

from api.errors import ApiError, Code, Forbidden
from api.graphql.planning import rights
from api.graphql.planning.arguments import Templates
from api.graphql.planning.asked import Asked
from api.graphql.planning.collect import Collecting
from api.graphql.planning.filters import FilterField
from api.permissions import Key, allowed
from domain.messages import say
from domain.roles import Role
from domain.selection import tree
from domain.selection.entities import Column

MOST_PARTS = 2_000
LONGEST_NAME = 63
"""Postgres cuts longer names without a word, and two keys could become one."""


@dataclass
class Planner:
    """Plans one operation for one role and one shape of variables.

    `alike` are the roles of which the table has said the same, whatever was asked of it: the plan is theirs too.
    `payloads` are the selections that read what mutations have written, and what a cube has named, by response key.
    `complete` turns False when a field without a reading is met: then Strawberry executes the operation, and
    `executing` plans again with the types of nodes in the answer, which it needs.
    """

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    values: VariableValues
    role: Role
    executing: bool = False
    complete: bool = field(default=True, init=False)
    payloads: dict[str, tree.Selection] = field(default_factory=dict, init=False)
    alike: frozenset[Role] = field(default=frozenset(Role), init=False)
    _count: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._collecting = Collecting(self.schema, self.fragments, self.values)
        self._templates = Templates(self.values)

    @property
    def variables(self) -> Mapping[str, Any]:
        return self.values.coerced

    def operation(self, operation: OperationDefinitionNode) -> tree.Selection:
        """The plannable root fields. Raises ApiError for what may not be asked or cannot be."""
        root = self.schema.get_root_type(operation.operation)
        assert root is not None, "validation refuses an operation whose type the schema lacks"
        return self._fields(root, self._collected(root, [operation.selection_set]), (), ())

    def fields(
        self,
        of: GraphQLObjectType,
        nodes: Sequence[FieldNode],
        path: tuple[str, ...],
        columns: tuple[Column, ...] = (),
    ) -> tuple[tree.Field, ...]:
        """What is asked of the type below these nodes, without what only a resolver can say."""
        return self._fields(of, self.collected(of, nodes), path, columns)

    def collected(self, of: GraphQLObjectType, nodes: Sequence[FieldNode]) -> dict[str, list[FieldNode]]:
        """Which fields are asked of the type below these nodes, by response key."""
        return self._collected(of, [node.selection_set for node in nodes])

    def _collected(
        self, of: GraphQLObjectType, sets: Sequence[SelectionSetNode | None]
    ) -> dict[str, list[FieldNode]]:
        found = self._collecting.fields(of, sets)
        self.count(len(found))
        for key in found:
            if len(key) > LONGEST_NAME:
                raise ApiError(
                    Code.VALIDATION,
                    say(
                        "alias {alias} is longer than {most} characters",
                        alias=repr(key[:70]),
                        most=LONGEST_NAME,
                    ),
                )
        return found

    def below(self, asked: Asked, key: str, nodes: Sequence[FieldNode]) -> Asked:
        """A field of a page, an edge or a page's info."""
        return self._asked(asked.type.fields[nodes[0].name.value], key, nodes, asked.path, ())

    def count(self, parts: int) -> None:
        """So many more fields or conditions. Raises ApiError when there are too many to plan."""
        self._count += parts
        if self._count > MOST_PARTS:
            message = say("the document asks for more than {most} fields and conditions", most=MOST_PARTS)
            raise ApiError(Code.COST_EXCEEDED, message)

    def may(self, key: Key) -> bool:
        """Whether the role may do this. Only here is a plan made to depend on who asks."""
        roles = allowed(key)
        found = self.role in roles
        self.alike = self.alike & roles if found else self.alike - roles
        return found

    def check(self, keys: Iterable[Key], path: Sequence[str]) -> None:
        """Raises Forbidden where the role lacks one of the entries."""
        for type_name, action, group in keys:
            if not self.may((type_name, action, group)):
                message = say(
                    "the role {role} may not {action} the {group} fields of {type}",
                    role=self.role.lower(),
                    action=action.lower(),
                    group=group.lower(),
                    type=type_name,
                )
                raise Forbidden(message, path=path)

    def check_filter(self, type_name: str, by: FilterField, path: Sequence[str]) -> None:
        """Raises Forbidden where the role may not see what it narrows by."""
        self.check(rights.of_filter_field(type_name, by), path)

    def _fields(
        self,
        of: GraphQLObjectType,
        collected: Mapping[str, Sequence[FieldNode]],
        path: tuple[str, ...],
        columns: tuple[Column, ...],
    ) -> tuple[tree.Field, ...]:
        found = (self._field(of, key, nodes, path, columns) for key, nodes in collected.items())
        return tuple(each for each in found if each is not None)

    def _field(
        self,
        of: GraphQLObjectType,
        key: str,
        nodes: Sequence[FieldNode],
        path: tuple[str, ...],
        columns: tuple[Column, ...],
    ) -> tree.Field | None:
        name = nodes[0].name.value
        if name == "__typename":
            return tree.Constant(key, of.name)
        if name not in of.fields:  # __schema and __type
            self.complete = False
            return None
        definition = of.fields[name]
        self.check(rights.of_field(of, definition), (*path, key))
        said = definition.extensions[rights.BACKREF]
        rereads = getattr(said, "rereads", False)
        if rereads:
            self.payloads[key] = self.fields(get_named_type(definition.type), nodes, (*path, key))
        reading = getattr(said, "reading", None)
        if reading is None:
            self.complete = False
            if not rereads:
                self._check_below(definition, nodes, (*path, key))
            return None
        selected: tree.Field | None = reading.select(self._asked(definition, key, nodes, path, columns))
        return selected

    def _check_below(
        self, definition: GraphQLField, nodes: Sequence[FieldNode], path: tuple[str, ...]
    ) -> None:
        """Raises Forbidden for what the role may not see of a resolver's answer, which no selection is made of."""
        of: Any = get_named_type(definition.type)
        if is_leaf_type(of):
            return
        for type_ in self.schema.get_possible_types(of) if is_abstract_type(of) else (of,):
            for key, found in self.collected(type_, nodes).items():
                below = type_.fields.get(found[0].name.value)
                if below is not None:  # __typename
                    self.check(rights.of_field(type_, below), (*path, key))
                    self._check_below(below, found, (*path, key))

    def _asked(
        self,
        definition: GraphQLField,
        key: str,
        nodes: Sequence[FieldNode],
        path: tuple[str, ...],
        columns: tuple[Column, ...],
    ) -> Asked:
        here = (*path, key)
        arguments = self._templates.of(definition.args, nodes[0], ".".join(here))
        return Asked(key, definition, nodes, arguments, here, columns, self)
