"""What a field stands for, said once beside the field.

    @reads(orders)
    @strawberry.type
    class Order(Node):
        number: str                                              # the entity's column of that name
        net_revenue: Money = column(orders.net_revenue, orders.currency)
        lines: Connection[OrderLine] = relation(orders.lines)

A field with a *reading* can be planned (planning/readings.py). In Strawberry's execution each field takes its value
from the answer of the same selection, under its response key: Strawberry's default resolver would look for the
attribute of the field's name and so miss every alias.
"""

import inspect
from collections.abc import Callable
from typing import Any, Self, TypeVar

from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import get_object_definition
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info

from api.graphql.planning import browsing, nodes, rights
from api.graphql.planning.browsing import Browsing, Order
from api.graphql.planning.readings import OfColumn, OfPart, OfRelation, Reading
from api.permissions import Group
from domain.selection.entities import Column, Entity, Relation

T = TypeVar("T", bound=type)


class SelectedField(StrawberryField):
    """A field whose value a selection gives. Without a reading it is a part of a page or an edge."""

    reading: Reading | None = None
    group: Group = Group.BASE
    takes: tuple[StrawberryArgument, ...] = ()

    @property
    def assumed(self) -> int | None:
        """How many rows a list has at most, for its cost."""
        return getattr(self.reading, "most", None)

    @property
    def is_basic_field(self) -> bool:
        return False

    def get_result(self, source: Any, info: Info | None, args: list[Any], kwargs: Any) -> Any:
        assert info is not None, "a field that is not basic gets its info"
        return source[info.path.key]

    @property  # type: ignore[misc]  # the reading says them, nobody sets them
    def arguments(self) -> list[StrawberryArgument]:
        """Those of the reading: a page's window, filter and order; or those said beside the field."""
        if self.reading is None:
            return list(self.takes)
        return self.reading.arguments(get_object_definition(self.type))

    def __copy__(self) -> Self:
        made = super().__copy__()
        made.reading, made.group, made.takes = self.reading, self.group, self.takes
        return made


def selected(
    reading: Reading | None = None,
    *,
    group: Group = Group.BASE,
    takes: tuple[StrawberryArgument, ...] = (),
    **options: Any,
) -> Any:
    """A field with this reading; `options` are those of strawberry.field (description, deprecation_reason).

    `takes` are the arguments of a part of a page, which has no reading.
    """
    field = SelectedField(**options)
    field.reading, field.group, field.takes = reading, group, takes
    return field


def column(*columns: Column, group: Group = Group.BASE, **options: Any) -> Any:
    """A field that shows a column; several columns for an object made of them, in the order of its parts."""
    return selected(OfColumn(columns), group=group, **options)


def part(index: int, **options: Any) -> Any:
    """A field of an object made of columns: the column at this place of `column(...)`."""
    return selected(OfPart(index), **options)


def relation(
    to: Relation, *columns: Column, group: Group = Group.BASE, most: int | None = None, **options: Any
) -> Any:
    """A field that follows a relation: to one object, a list, or a Connection, as its type says.

    `columns` where each row is shown as an object made of columns, as in `column`. A list says how many rows it has at
    `most`: so many it costs, and no more are read. What can grow is a Connection.
    """
    return selected(OfRelation(to, columns, most), group=group, **options)


def reads(entity: Entity, *, filter: type | None = None, order: Order | None = None) -> Callable[[T], T]:
    """The type shows rows of the entity; fields that say nothing else show the entity's column of their name.

    Connections of it take this filter and order.
    """

    def decorate(cls: T) -> T:
        definition = get_object_definition(cls, strict=True)
        definition.description = definition.description or inspect.getdoc(cls)
        definition.fields = [_by_name(field, entity) for field in definition.fields]
        for field in definition.fields:
            _note_group(field)
        browsing.register(entity, Browsing(filter, order))
        if any(interface.name == "Node" for interface in definition.interfaces):
            nodes.register(entity)
        return cls

    return decorate


def _note_group(field: StrawberryField) -> None:
    match getattr(field, "reading", None):
        case OfColumn((column, *_)):
            rights.belongs(column, getattr(field, "group", Group.BASE))
        case OfRelation(relation):
            rights.belongs(relation, getattr(field, "group", Group.BASE))


def _by_name(field: StrawberryField, entity: Entity) -> StrawberryField:
    if field.base_resolver is not None or getattr(field, "reading", None) is not None:
        return field
    made = SelectedField(
        python_name=field.python_name,
        graphql_name=field.graphql_name,
        type_annotation=field.type_annotation,
        origin=field.origin,
        description=field.description,
        deprecation_reason=field.deprecation_reason,
    )
    made.reading = OfColumn((getattr(entity, field.python_name),))
    made.group = getattr(field, "group", Group.BASE)
    return made
