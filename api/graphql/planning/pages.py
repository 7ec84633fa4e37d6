"""Connections: which page is asked, in which order, and which parts of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from graphql import FieldNode

from api.errors import ApiError, Code
from api.graphql.planning import rights
from api.graphql.planning.arguments import Template
from api.graphql.planning.asked import Asked
from api.graphql.planning.browsing import Direction, browsing
from api.graphql.planning.filters import condition
from domain.messages import say
from domain.selection import tree
from domain.selection.entities import Entity, Term
from domain.selection.filters import Every
from domain.selection.mixtures import Mixed

LARGEST = 100


Objects = Callable[[Asked], tree.Objects]
"""Plans what is asked of each row of a page."""


def page(asked: Asked, rows: tree.Rows, default: tuple[Term, ...]) -> tree.Page:
    """The page that a field of a connection's type asks for. Raises ApiError for a bad window or order."""
    entity = rows.entity
    order = _order(asked, entity) or default or entity.default_order
    return tree.Page(asked.key, _narrowed(asked, rows), order, _window(asked), _parts(asked, _one_type))


def mixed(asked: Asked, rows: Mixed, objects: Objects) -> tree.Page:
    """The page of rows of several entities; `objects` plans what is asked of each."""
    return tree.Page(asked.key, rows, (), _window(asked), _parts(asked, objects))


def _one_type(asked: Asked) -> tree.Objects:
    return asked.fields()


def _narrowed(asked: Asked, rows: tree.Rows) -> tree.Rows:
    given, search = asked.arguments.get("filter"), asked.arguments.get("search")
    if given is not None:
        asked_for = condition(asked.planner, asked.definition.args["filter"].type, given, asked.path)
        narrowed = asked_for if rows.filter is None else Every((rows.filter, asked_for))
        rows = replace(rows, filter=narrowed)
    return rows if search is None else replace(rows, search=search)


def _order(asked: Asked, entity: Entity) -> tuple[Term, ...]:
    given: Sequence[Mapping[str, Template]] | None = asked.arguments.get("orderBy")
    known = browsing(entity).order
    if not given or known is None:
        return ()
    names = [each["field"].value for each in given]
    for name in names:
        if names.count(name) > 1:
            raise _refused(asked, say("`orderBy` names {name} more than once", name=name))
        asked.planner.check(rights.of_column(entity, known.columns[name]), asked.path)
    return tuple(
        Term(known.columns[name], each["direction"] is Direction.DESC)
        for name, each in zip(names, given, strict=True)
    )


def _window(asked: Asked) -> tree.Window:
    first: Any
    last: Any
    first, last = asked.arguments.get("first"), asked.arguments.get("last")
    if (first is None) == (last is None):
        raise _refused(asked, say("needs either `first` or `last`, 1 to {most}", most=LARGEST))
    size: int = last if first is None else first
    if not 1 <= size <= LARGEST:
        name = "last" if first is None else "first"
        raise _refused(
            asked, say("`{name}` must be 1 to {most}, not {size}", name=name, most=LARGEST, size=size)
        )
    return tree.Window(
        size, backward=first is None, after=asked.arguments.get("after"), before=asked.arguments.get("before")
    )


def _refused(asked: Asked, message: str) -> ApiError:
    return ApiError(
        Code.VALIDATION, say("{place}: {message}", place=asked.place, message=message), path=asked.path
    )


def _parts(asked: Asked, objects: Objects) -> tuple[tree.Part, ...]:
    return tuple(_part(asked, key, nodes, objects) for key, nodes in asked.collected().items())


def _part(asked: Asked, key: str, nodes: Sequence[FieldNode], objects: Objects) -> tree.Part:
    if nodes[0].name.value == "__typename":
        return tree.Constant(key, asked.type.name)
    below = asked.planner.below(asked, key, nodes)
    match nodes[0].name.value:
        case "totalCount":
            return tree.Count(key, _at_most(below))
        case "nodes":
            return tree.Nodes(key, objects(below))
        case "edges":
            inner = below.collected().items()
            return tree.Edges(key, tuple(_edge(below, each, found, objects) for each, found in inner))
        case "pageInfo":
            inner = below.collected().items()
            return tree.PageInfo(key, tuple(_info(below, each, found) for each, found in inner))
    raise AssertionError(f"a connection has no field {nodes[0].name.value}")


def _at_most(asked: Asked) -> int | None:
    most: int | None = asked.arguments.get("atMost")
    if most is not None and most < 1:
        raise _refused(asked, say("`atMost` must be at least 1, not {most}", most=most))
    return most


def _edge(
    asked: Asked, key: str, nodes: Sequence[FieldNode], objects: Objects
) -> tree.Cursor | tree.Node | tree.Constant:
    match nodes[0].name.value:
        case "__typename":
            return tree.Constant(key, asked.type.name)
        case "cursor":
            return tree.Cursor(key)
    return tree.Node(key, objects(asked.planner.below(asked, key, nodes)))


def _info(asked: Asked, key: str, nodes: Sequence[FieldNode]) -> tuple[str, str] | tree.Constant:
    name = nodes[0].name.value
    return tree.Constant(key, asked.type.name) if name == "__typename" else (key, name)
