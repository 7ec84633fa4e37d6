"""How the rows of an entity may be narrowed and ordered: the arguments of every connection of it."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

import strawberry
from graphql import get_named_type
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument

from api.graphql.planning.arguments import Structural
from domain.selection.entities import Column, Entity


@strawberry.enum
class Direction(Structural, Enum):
    ASC = "ASC"
    DESC = "DESC"


@dataclass(frozen=True)
class Order:
    """The input type of an ordering, and the column that each of its names stands for."""

    input: type
    columns: dict[str, Column]


@dataclass(frozen=True)
class Browsing:
    filter: type | None = None
    order: Order | None = None


_known: dict[Entity, Browsing] = {}
_filtered: dict[str, Entity] = {}
_gathered: set[tuple[str, str]] = set()

DEAR = (
    "Looks at all rows before it knows the first: costs 5000 points besides, 20 below each parent. Narrow the rows by "
    "`filter` where they are many."
)


def gathered(type_: Any, name: str) -> bool:
    """Whether a name of an ordering's input type stands for what is worked out of rows of other tables."""
    return (get_named_type(type_).name, name) in _gathered


def register(entity: Entity, browsing: Browsing) -> None:
    """Connections of the entity have this filter and order."""
    _known[entity] = browsing
    if browsing.filter is not None:
        _filtered[browsing.filter.__name__] = entity


def of_filter(name: str) -> Entity | None:
    """The entity that the filter input of this name narrows, if it is one of an entity."""
    return _filtered.get(name)


def browsing(entity: Entity) -> Browsing:
    """The filter and order of the entity's connections."""
    return _known.get(entity, Browsing())


def ordering(name: str, **columns: Column) -> Order:
    """The orderings of a type: an enum of these names and an input of name and direction. Nulls stand last."""
    told = [
        (key, strawberry.enum_value(key, description=DEAR) if column.gathered else key)
        for key, column in columns.items()
    ]
    members: Any = Enum(f"{name}OrderField", told, type=Structural)  # type: ignore[misc]  # made by name
    about = f"What a {name} may be ordered by; what has no value comes last, in both directions."
    field = strawberry.enum(members, description=about)
    _gathered.update((f"{name}Order", key) for key, column in columns.items() if column.gathered)
    namespace = {"__annotations__": {"field": field, "direction": Direction}, "direction": Direction.ASC}
    made = strawberry.input(type(f"{name}Order", (), namespace), description="One column of an ordering.")
    return Order(made, dict(columns))


def is_connection(definition: Any) -> bool:
    """Whether an object definition of Strawberry is a connection of something."""
    generic = getattr(definition, "concrete_of", None)
    return generic is not None and generic.name == "Connection"


def argument(name: str, type_: Any, description: str | None = None) -> StrawberryArgument:
    """An argument of a field that has no resolver."""
    return StrawberryArgument(
        python_name=name,
        graphql_name=None,
        type_annotation=StrawberryAnnotation(type_),
        description=description,
    )


def arguments_of_page(entity: Entity) -> list[StrawberryArgument]:
    """The arguments of a connection of the entity."""
    known = browsing(entity)
    found = arguments_of_window(known.filter)
    if known.order is not None:
        item: Any = known.order.input
        found.append(argument("order_by", list[item] | None))
    if entity.search is not None:
        about = f"Only rows with this text in {entity.search.words}, by any part or by initial consonants (ㅎㄱㄷ)."
        found.append(argument("search", str | None, about))
    return found


def arguments_of_window(narrowing: Any = None) -> list[StrawberryArgument]:
    """Which page of rows, and of which: narrowed by a filter of this type."""
    found = [
        argument("first", int | None, "The first rows, 1 to 100. Either `first` or `last` is needed."),
        argument("after", str | None, "Only rows after this cursor."),
        argument("last", int | None, "The last rows, 1 to 100."),
        argument("before", str | None, "Only rows before this cursor."),
    ]
    if narrowing is not None:
        found.append(argument("filter", narrowing | None))
    return found
