"""Who may ask for a field: which entries of the permission table it needs."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from graphql import GraphQLField, GraphQLObjectType, get_named_type
from strawberry.schema.schema_converter import GraphQLCoreConverter

from api.graphql.planning.browsing import of_filter
from api.permissions import Action, Group, Key
from domain.selection.entities import Column, Entity, Relation

if TYPE_CHECKING:
    from api.graphql.planning.filters import FilterField

BACKREF = GraphQLCoreConverter.DEFINITION_BACKREF

CARRIERS = frozenset({"Query", "Mutation", "PageInfo", "Subscription"})
"""Types that hold nothing themselves: what they lead to is checked."""


_grouped: dict[Column | Relation, set[Group]] = {}


def belongs(by: Column | Relation, group: Group) -> None:
    """A field of this group shows the column or the relation; who may not see it may not narrow or order by it."""
    _grouped.setdefault(by, set()).add(group)


def of_column(entity: Entity, by: Column | Relation) -> Iterator[Key]:
    """The entries that ordering by this column, or narrowing by this column or relation, needs."""
    groups = _grouped.get(by, {Group.BASE})
    for group in () if Group.BASE in groups else groups:
        yield entity.type_name, Action.READ, group


def carries(type_: GraphQLObjectType) -> bool:
    """Whether the type only leads to others: a root, a connection or an edge, a payload."""
    definition = type_.extensions.get(BACKREF)
    generic = getattr(definition, "concrete_of", None) is not None
    return type_.name in CARRIERS or generic or getattr(definition, "carries", False)


def of_field(type_: GraphQLObjectType, field: GraphQLField) -> Iterator[Key]:
    """The entries that asking for this field of the type needs."""
    said: Any = field.extensions.get(BACKREF)
    if not carries(type_):
        yield type_.name, Action.READ, getattr(said, "group", Group.BASE)
    reading = getattr(said, "reading", None)
    of = get_named_type(field.type)
    if reading is None and isinstance(of, GraphQLObjectType) and not carries(of):
        yield of.name, Action.READ, Group.BASE  # what a resolver gives
    target = None if reading is None else reading.target()
    if target is not None:
        yield target.type_name, Action.READ, Group.BASE
    yield from getattr(said, "rights", ())


def of_filter_field(type_name: str, field: "FilterField") -> Iterator[Key]:
    """The entries that narrowing by this field of the filter input needs: what one may not see, one may not ask for."""
    entity = of_filter(type_name)
    if entity is not None:
        yield entity.type_name, Action.READ, field.group
        yield from of_column(entity, field.by)
    if isinstance(field.by, Relation):
        yield field.by.target().type_name, Action.READ, Group.BASE
