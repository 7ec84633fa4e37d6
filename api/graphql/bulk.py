"""POST /graphql/bulk: larger bodies, for machines that bring many rows at once."""

from collections.abc import Iterator, Mapping

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    SelectionSetNode,
)

from api.errors import BadRequest, Forbidden
from api.graphql.documents import Operation
from domain.access import Actor
from domain.messages import say
from domain.roles import ApiScope

UPSERT = "upsert"
"""What the names of mutations begin with that take rows by external ids."""


def require_bulk(actor: Actor) -> None:
    """Raises Forbidden for whoever may not send bulk requests: asked before the body is read."""
    if not (actor.machine and ApiScope.BULK in actor.scopes):
        raise Forbidden(say("bulk requests need a machine key with the scope bulk"))


def require_upserts(operation: Operation) -> None:
    """Raises BadRequest for an operation that does anything but upserts."""
    for name in _root_fields(operation.node.selection_set, operation.fragments):
        if operation.is_query or not name.startswith(UPSERT):
            raise BadRequest(say("{name} is not taken here: bulk requests hold upserts only", name=name))


def _root_fields(
    selections: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> Iterator[str]:
    for node in selections.selections:
        match node:
            case FieldNode():
                yield node.name.value
            case InlineFragmentNode():
                yield from _root_fields(node.selection_set, fragments)
            case FragmentSpreadNode():
                yield from _root_fields(fragments[node.name.value].selection_set, fragments)
