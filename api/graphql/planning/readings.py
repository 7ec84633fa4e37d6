"""What each kind of field turns into. A new kind of field is a new reading."""

from dataclasses import dataclass
from typing import Protocol

import strawberry
from graphql import is_leaf_type
from strawberry.types.arguments import StrawberryArgument

from api.graphql.planning import nodes, pages
from api.graphql.planning.asked import Asked
from api.graphql.planning.browsing import argument, arguments_of_page, is_connection
from api.graphql.planning.filters import condition
from api.graphql.planning.rights import BACKREF
from domain.selection import tree
from domain.selection.entities import Column, Entity, Relation
from domain.selection.filters import Compares
from domain.selection.values import Later

WRITTEN = ""
"""Where a mutation tells the id of what it has written among the variables; no variable has this name."""


class Reading(Protocol):
    """How a field is answered by a selection."""

    def arguments(self, definition: object) -> list[StrawberryArgument]:
        """The field's arguments; `definition` is that of its type."""
        ...

    def target(self) -> Entity | None:
        """The entity whose rows the field leads to."""
        ...

    def select(self, asked: Asked) -> tree.Field | None:
        """The field as a part of the selection; None where nothing needs to be read."""
        ...


@dataclass(frozen=True)
class OfColumn:
    """A column, or an object made of several: null where one of them is."""

    columns: tuple[Column, ...]

    def arguments(self, _: object) -> list[StrawberryArgument]:
        return []

    def target(self) -> None:
        return None

    def select(self, asked: Asked) -> tree.Field:
        if is_leaf_type(asked.type):
            return tree.Shown(asked.key, self.columns[0])
        needed = tuple(column for column in self.columns if column.nullable)
        return tree.Composite(asked.key, needed, asked.fields(columns=self.columns))


@dataclass(frozen=True)
class OfPart:
    """One column of the object around, which is made of columns."""

    index: int

    def arguments(self, _: object) -> list[StrawberryArgument]:
        return []

    def target(self) -> None:
        return None

    def select(self, asked: Asked) -> tree.Field:
        return tree.Shown(asked.key, asked.columns[self.index])


@dataclass(frozen=True)
class OfRelation:
    """The rows a relation leads to: one, a list, or a page of them, as the field's type says.

    `columns` are for rows that the schema shows as objects made of columns, such as amounts of money. A list has the
    first `most` rows.
    """

    relation: Relation
    columns: tuple[Column, ...] = ()
    most: int | None = None

    def arguments(self, definition: object) -> list[StrawberryArgument]:
        return arguments_of_page(self.target()) if is_connection(definition) else []

    def target(self) -> Entity:
        return self.relation.target()

    def select(self, asked: Asked) -> tree.Field:
        rows = tree.Rows(self.target(), self.relation)
        if is_connection(asked.type.extensions[BACKREF]):
            return pages.page(asked, rows, self.relation.order)
        if self.relation.many:
            fields = asked.fields(columns=self.columns)
            return tree.Listed(asked.key, rows, self.relation.order, fields, self.most)
        return tree.One(asked.key, rows, asked.fields(columns=self.columns))


@dataclass(frozen=True)
class OfAll:
    """All rows of an entity that the caller may see, page by page."""

    entity: Entity

    def arguments(self, _: object) -> list[StrawberryArgument]:
        return arguments_of_page(self.entity)

    def target(self) -> Entity:
        return self.entity

    def select(self, asked: Asked) -> tree.Field:
        return pages.page(asked, tree.Rows(self.entity), ())


@dataclass(frozen=True)
class OfId:
    """The row with the id that the argument `id` says."""

    entity: Entity

    def arguments(self, _: object) -> list[StrawberryArgument]:
        return [argument("id", strawberry.ID)]

    def target(self) -> Entity:
        return self.entity

    def select(self, asked: Asked) -> tree.Field:
        wanted = Compares(self.entity.id, "eq", asked.arguments["id"])
        return tree.One(asked.key, tree.Rows(self.entity, filter=wanted), asked.fields())


@dataclass(frozen=True)
class OfKey:
    """The row that the argument `key` says, by id or by the id another system has for it."""

    entity: Entity
    input: type

    def arguments(self, _: object) -> list[StrawberryArgument]:
        return [argument("key", self.input)]

    def target(self) -> Entity:
        return self.entity

    def select(self, asked: Asked) -> tree.Field:
        type_ = asked.definition.args["key"].type
        wanted = condition(asked.planner, type_, asked.arguments["key"], asked.path)
        return tree.One(asked.key, tree.Rows(self.entity, filter=wanted), asked.fields())


@dataclass(frozen=True)
class OfWritten:
    """In a payload: the row that the mutation has written, whose id it tells under WRITTEN."""

    entity: Entity

    def arguments(self, _: object) -> list[StrawberryArgument]:
        return []

    def target(self) -> Entity:
        return self.entity

    def select(self, asked: Asked) -> tree.Field:
        wanted = Compares(self.entity.id, "eq", Later((WRITTEN,), asked.place))
        return tree.One(asked.key, tree.Rows(self.entity, filter=wanted), asked.fields())


@dataclass(frozen=True)
class OfEachWritten:
    """In a payload: an object for each row that the mutation has written, whose ids it tells under WRITTEN."""

    entity: Entity

    def arguments(self, _: object) -> list[StrawberryArgument]:
        return []

    def target(self) -> None:
        return None

    def select(self, asked: Asked) -> tree.Field:
        return tree.Chosen(asked.key, Later((WRITTEN,), asked.place), ((self.entity, asked.fields()),))


@dataclass(frozen=True)
class OfItself:
    """The row as an object inside the object that stands for it."""

    entity: Entity

    def arguments(self, _: object) -> list[StrawberryArgument]:
        return []

    def target(self) -> Entity:
        return self.entity

    def select(self, asked: Asked) -> tree.Field:
        return tree.Composite(asked.key, (), asked.fields())


@dataclass(frozen=True)
class OfOnly:
    """The row of an entity that has one for each caller."""

    entity: Entity

    def arguments(self, _: object) -> list[StrawberryArgument]:
        return []

    def target(self) -> Entity:
        return self.entity

    def select(self, asked: Asked) -> tree.Field:
        return tree.One(asked.key, tree.Rows(self.entity), asked.fields())


@dataclass(frozen=True)
class OfNode:
    """Any node by its id. Its type is known while planning: the type of an id is part of a plan's key."""

    def arguments(self, _: object) -> list[StrawberryArgument]:
        return [argument("id", strawberry.ID)]

    def target(self) -> None:
        return None

    def select(self, asked: Asked) -> tree.Field:
        wanted = asked.arguments["id"]
        entity, fields = nodes.choice(asked, nodes.type_of(asked, asked.told(wanted)))
        return tree.One(asked.key, tree.Rows(entity, filter=Compares(entity.id, "eq", wanted)), fields)


@dataclass(frozen=True)
class OfNodes:
    """Any nodes by their ids, in the order of the ids, null for what is not there or may not be seen."""

    def arguments(self, _: object) -> list[StrawberryArgument]:
        return [argument("ids", list[strawberry.ID], f"At most {nodes.MOST}.")]

    def target(self) -> None:
        return None

    def select(self, asked: Asked) -> tree.Field:
        wanted = asked.arguments["ids"]
        types = sorted({nodes.type_of(asked, each) for each in asked.told(wanted)})
        return tree.Chosen(asked.key, wanted, tuple(nodes.choice(asked, each) for each in types), nodes.MOST)
