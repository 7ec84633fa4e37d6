"""What became of each row, made for all rows at once out of what is asked of one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, GraphQLObjectType, get_named_type
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.info import Info

from api.graphql.fields import SelectedField
from api.graphql.planning.asked import Asked
from api.graphql.planning.collect import Collecting
from api.graphql.planning.readings import OfEachWritten
from api.graphql.ready import Ready
from domain.selection import tree
from domain.selection.entities import Entity

ROWS = "__rows__"
"""Where the payload holds what became of the rows; no response key can be this."""

Told = Sequence[Any]
"""One row: its status, its key as it was given, and its error or None."""

Show = Callable[[int, Told, Mapping[str, Any]], Any]
"""A field of a row: given its place, what is told of it, and what was read of its node by response key."""


@dataclass(frozen=True)
class OfEachRow:
    """As OfEachWritten; nothing is read where nothing is asked of the nodes."""

    entity: Entity

    def arguments(self, _: object) -> list[StrawberryArgument]:
        return []

    def target(self) -> None:
        return None

    def select(self, asked: Asked) -> tree.Field | None:
        fields = [each for each in asked.fields() if not isinstance(each, tree.Constant)]
        return OfEachWritten(self.entity).select(asked) if fields else None


class RowsField(SelectedField):
    """The rows of a payload."""

    def get_result(self, source: Any, info: Info | None, args: list[Any], kwargs: Any) -> Any:
        assert info is not None, "a field that is not basic gets its info"
        raw = info._raw_info  # noqa: SLF001  # Strawberry's own way turns the whole selection into objects
        collecting = Collecting(raw.schema, raw.fragments, raw.variable_values)
        of = get_named_type(raw.return_type)
        assert isinstance(of, GraphQLObjectType), "the rows are objects"
        shows = _shows(collecting, of, raw.field_nodes)
        read = iter(source[info.path.key] or ())
        nothing: Mapping[str, Any] = {}
        reads = source[info.path.key] is not None
        return Ready(
            [
                {key: show(place, told, node) for key, show in shows}
                for place, told in enumerate(source[ROWS])
                for node in ((next(read) or nothing) if reads and told[0] != "REJECTED" else nothing,)
            ]
        )


def _shows(
    collecting: Collecting, of: GraphQLObjectType, nodes: Sequence[FieldNode]
) -> list[tuple[str, Show]]:
    asked = collecting.fields(of, [node.selection_set for node in nodes])
    return [(key, _show(collecting, of, key, each)) for key, each in asked.items()]


def _show(collecting: Collecting, of: GraphQLObjectType, key: str, nodes: Sequence[FieldNode]) -> Show:
    match nodes[0].name.value:
        case "__typename":
            return lambda *_: of.name
        case "index":
            return lambda place, *_: place
        case "status":
            return lambda _, told, __: told[0]
        case "key":
            shown = _objects(collecting, of.fields["key"].type, nodes)
            return lambda _, told, __: shown(told[1])
        case "userErrors":
            error = _objects(collecting, of.fields["userErrors"].type, nodes)
            return lambda _, told, __: [] if told[2] is None else [error(told[2])]
    return lambda _, __, node: node.get(key)


def _objects(collecting: Collecting, type_: Any, nodes: Sequence[FieldNode]) -> Callable[[Any], Any]:
    """Shows objects of this type, which are given by the names of its fields, as they are asked for."""
    of = get_named_type(type_)
    if not isinstance(of, GraphQLObjectType):
        return lambda value: value
    asked = collecting.fields(of, [node.selection_set for node in nodes])
    parts: list[tuple[str, str, Callable[[Any], Any]]] = []
    for key, each in asked.items():
        name = each[0].name.value
        show = _objects(collecting, of.fields[name].type, each) if name in of.fields else lambda _: of.name
        parts.append((key, name, show))

    def shown(value: Any) -> Any:
        return None if value is None else {key: show(value.get(name)) for key, name, show in parts}

    return shown
