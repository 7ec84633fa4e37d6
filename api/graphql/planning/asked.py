"""One field of an operation, as its reading sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from api.graphql.planning.arguments import Template
from domain.selection import tree
from domain.selection.entities import Column
from domain.selection.values import Value, told

if TYPE_CHECKING:
    from api.graphql.planning.planner import Planner


@dataclass(frozen=True)
class Asked:
    """`columns` are those of the object around, where that is made of columns."""

    key: str
    definition: GraphQLField
    nodes: Sequence[FieldNode]
    arguments: Mapping[str, Template]
    path: tuple[str, ...]
    columns: tuple[Column, ...]
    planner: "Planner"

    @property
    def place(self) -> str:
        """The field in messages, e.g. "customers.nodes.touchpoints"."""
        return ".".join(self.path)

    @property
    def type(self) -> Any:
        """The type of the field without lists and non-nulls."""
        return get_named_type(self.definition.type)

    @property
    def listed(self) -> bool:
        return is_list_type(get_nullable_type(self.definition.type))

    def fields(
        self, of: GraphQLObjectType | None = None, columns: tuple[Column, ...] = ()
    ) -> tuple[tree.Field, ...]:
        """The fields below this one, planned on its own type or on the type `of`."""
        return self.planner.fields(of or self.type, self.nodes, self.path, columns)

    def collected(self) -> Mapping[str, list[FieldNode]]:
        """The fields below this one, by response key."""
        return self.planner.collected(self.type, self.nodes)

    def told(self, value: Value) -> Any:
        """The value while planning; only what the shape of the variables tells apart may be looked at."""
        return told(value, self.planner.variables)
