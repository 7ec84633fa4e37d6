"""How a root field of a subscription says which events it wants, and which row an event shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import strawberry
from graphql import FieldNode
from strawberry.types.arguments import StrawberryArgument

from api.errors import ApiError, Code
from api.graphql.planning.asked import Asked
from api.graphql.planning.browsing import argument
from api.graphql.planning.readings import WRITTEN
from api.graphql.planning.rights import BACKREF
from domain.feed import Operation
from domain.selection import ids, tree
from domain.selection.entities import Column, Entity, Relation
from domain.selection.filters import Compares, Every, Filter, Related
from domain.selection.values import Later

ID_KEY = "__id__"
"""Where a row of the answer says which one it is; no response key can be this."""


@dataclass(frozen=True)
class Narrowing:
    """An argument that narrows which rows' events are told: by a column of the row, or of one that it leads to."""

    name: str
    type: Any
    description: str
    column: Column
    operator: str = "eq"
    through: Relation | None = None

    def filter(self, value: Any) -> Filter:
        compared = Compares(self.column, self.operator, value)
        return compared if self.through is None else Related(self.through, compared)


@dataclass(frozen=True)
class OfEvents:
    """The events of one aggregate. The selection is that of the rows whose opaque ids are told under WRITTEN."""

    entity: Entity
    aggregate: str
    operations: frozenset[Operation]
    narrowings: tuple[Narrowing, ...] = ()
    by_id: bool = False

    def arguments(self, _: object) -> list[StrawberryArgument]:
        narrowed = [argument(each.name, each.type | None, each.description) for each in self.narrowings]
        if not self.by_id:
            return narrowed
        return [argument("id", strawberry.ID | None, "Only this one; all, if it is left out."), *narrowed]

    def target(self) -> Entity:
        return self.entity

    def select(self, asked: Asked) -> tree.Field:
        told = Compares(self.entity.id, "in", Later((WRITTEN,), asked.place))
        given = asked.arguments
        filters = (each.filter(given[camel(each.name)]) for each in self._given(given))
        rows = tree.Rows(self.entity, filter=Every((told, *filters)))
        shown = (
            part(asked, key, nodes)
            for key, nodes in asked.collected().items()
            if nodes[0].name.value == "node"
        )
        return tree.Listed(asked.key, rows, (), (tree.Shown(ID_KEY, self.entity.id), *shown))

    def _given(self, arguments: Any) -> Sequence[Narrowing]:
        return [each for each in self.narrowings if arguments.get(camel(each.name)) is not None]

    def key_of(self, given: Any) -> int | None:
        """The key of the one row whose events are wanted; None for all. Raises ApiError for another type's id."""
        if given is None:
            return None
        try:
            return ids.key(given, self.entity.type_name)
        except ids.BadId as error:
            raise ApiError(Code.VALIDATION, error.message, argument="id") from None


def itself(entity: Entity) -> tree.Selection:
    """The ids, under ID_KEY, of the rows that the opaque ids under WRITTEN lead to."""
    rows = tree.Rows(entity, filter=Compares(entity.id, "in", Later((WRITTEN,))))
    return (tree.Listed(ID_KEY, rows, (), (tree.Shown(ID_KEY, entity.id),)),)


def camel(name: str) -> str:
    """The argument's name in the schema."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def part(asked: Asked, key: str, nodes: Sequence[FieldNode]) -> tree.Field:
    """The row itself, under the key of the event's field that shows it."""
    below = asked.planner.below(asked, key, nodes)
    shown: tree.Field = below.definition.extensions[BACKREF].reading.select(below)
    return shown


@dataclass(frozen=True)
class OfEvent:
    """What the event itself says: no row is asked for it."""

    name: str

    def arguments(self, _: object) -> list[StrawberryArgument]:
        return []

    def target(self) -> None:
        return None

    def select(self, asked: Asked) -> tree.Field:
        raise AssertionError("an event's own field is not asked of a row")
