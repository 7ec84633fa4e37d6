"""Connections: which page is asked, in which order, and which parts of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import FieldNode

from api.errors import ApiError, Code
from api.graphql.planning.arguments import Template
from api.graphql.planning.asked import Asked
from api.graphql.planning.browsing import Direction, browsing
from api.graphql.planning.filters import condition
from domain.selection import tree
from domain.selection.entities import Entity, Term
from domain.selection.filters import Every

LARGEST = 100


def page(asked: Asked, rows: tree.Rows, default: tuple[Term, ...]) -> tree.Page:
    """The page that a field of a connection's type asks for. Raises ApiError for a bad window."""
    entity = rows.entity
    narrowed = _narrowed(asked, rows)
    order = _order(asked.arguments.get("orderBy"), entity) or default or entity.default_order
    return tree.Page(asked.key, narrowed, order, _window(asked), _parts(asked))


def _narrowed(asked: Asked, rows: tree.Rows) -> tree.Rows:
    given = asked.arguments.get("filter")
    if given is None:
        return rows
    asked_for = condition(asked.planner, asked.definition.args["filter"].type, given, asked.path)
    return tree.Rows(
        rows.entity, rows.relation, asked_for if rows.filter is None else Every((rows.filter, asked_for))
    )


def _order(given: Sequence[Mapping[str, Template]] | None, entity: Entity) -> tuple[Term, ...]:
    known = browsing(entity).order
    if not given or known is None:
        return ()
    return tuple(
        Term(known.columns[each["field"].value], each["direction"] is Direction.DESC) for each in given
    )


def _window(asked: Asked) -> tree.Window:
    first: Any
    last: Any
    first, last = asked.arguments.get("first"), asked.arguments.get("last")
    if (first is None) == (last is None):
        raise _refused(asked, f"needs either `first` or `last`, 1 to {LARGEST}")
    size: int = last if first is None else first
    if not 1 <= size <= LARGEST:
        raise _refused(asked, f"`{'last' if first is None else 'first'}` must be 1 to {LARGEST}, not {size}")
    return tree.Window(
        size, backward=first is None, after=asked.arguments.get("after"), before=asked.arguments.get("before")
    )


def _refused(asked: Asked, message: str) -> ApiError:
    return ApiError(Code.VALIDATION, f"{asked.place}: {message}", path=asked.path)


def _parts(asked: Asked) -> tuple[tree.Part, ...]:
    return tuple(_part(asked, key, nodes) for key, nodes in asked.collected().items())


def _part(asked: Asked, key: str, nodes: Sequence[FieldNode]) -> tree.Part:
    match nodes[0].name.value:
        case "__typename":
            return tree.Constant(key, asked.type.name)
        case "totalCount":
            return tree.Count(key)
    below = asked.planner.below(asked, key, nodes)
    match nodes[0].name.value:
        case "nodes":
            return tree.Nodes(key, below.fields())
        case "edges":
            inner = below.collected().items()
            return tree.Edges(key, tuple(_edge(below, each, found) for each, found in inner))
        case "pageInfo":
            inner = below.collected().items()
            return tree.PageInfo(key, tuple(_info(below, each, found) for each, found in inner))
    raise AssertionError(f"a connection has no field {nodes[0].name.value}")


def _edge(asked: Asked, key: str, nodes: Sequence[FieldNode]) -> tree.Cursor | tree.Node | tree.Constant:
    match nodes[0].name.value:
        case "__typename":
            return tree.Constant(key, asked.type.name)
        case "cursor":
            return tree.Cursor(key)
    return tree.Node(key, asked.planner.below(asked, key, nodes).fields())


def _info(asked: Asked, key: str, nodes: Sequence[FieldNode]) -> tuple[str, str] | tree.Constant:
    name = nodes[0].name.value
    return tree.Constant(key, asked.type.name) if name == "__typename" else (key, name)
