"""Nodes of any type by their ids: which entity a type of the schema shows."""

from typing import Any

from api.errors import ApiError, Code
from api.graphql.planning.asked import Asked
from api.permissions import Action, Group
from domain.messages import say
from domain.selection import ids, tree
from domain.selection.entities import Entity

MOST = 100
TYPE_KEY = "__typename__"
"""Where an answer for Strawberry's execution says the type of a node; no response key can be this."""

_shown: dict[str, Entity] = {}


def register(entity: Entity) -> None:
    """`node` and `nodes` find rows of the entity."""
    _shown[entity.type_name] = entity


def type_of(asked: Asked, opaque: str) -> str:
    """The type that the id names. Raises ApiError for an id that is none of ours."""
    try:
        name = ids.read(opaque).type
    except ids.BadId as error:
        message = say("{place}: {message}", place=asked.place, message=error.message)
        raise ApiError(Code.VALIDATION, message, path=asked.path) from None
    if name not in _shown:
        message = say(
            "{place}: {id} is an id of {type}; known: {known}",
            place=asked.place,
            id=repr(opaque),
            type=name,
            known=", ".join(sorted(_shown)),
        )
        raise ApiError(Code.VALIDATION, message, path=asked.path)
    return name


def choice(asked: Asked, name: str) -> tuple[Entity, tuple[tree.Field, ...]]:
    """The entity of this type and what is asked of it."""
    entity = _shown[name]
    asked.planner.check([(name, Action.READ, Group.BASE)], asked.path)
    of: Any = asked.planner.schema.type_map[name]
    fields = asked.fields(of)
    named = (tree.Constant(TYPE_KEY, name),) if asked.planner.executing else ()
    return entity, (*fields, *named)
