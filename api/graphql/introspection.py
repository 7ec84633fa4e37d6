"""What a document asks of the schema alone: worked out once, for the schema does not change while the process runs.

The whole schema, as GraphiQL and code generators ask for it, costs 150 ms of CPU (measured).
"""

from typing import TYPE_CHECKING

from graphql import FieldNode

from api.graphql.caches import Recent

if TYPE_CHECKING:
    from api.graphql.documents import Operation

HELD = 4 * 1024 * 1024
"""Bytes of all answers held."""

ABOUT = frozenset({"__schema", "__type", "__typename"})


class Introspection:
    """Answers to operations about the schema alone, by the operation."""

    def __init__(self) -> None:
        self._held: Recent[str, bytes] = Recent(HELD)

    def __len__(self) -> int:
        return len(self._held)

    def known(self, operation: "Operation") -> bytes | None:
        """The answer, where it was worked out before."""
        return self._held.get(operation.key)

    def keep(self, operation: "Operation", answer: bytes) -> None:
        """The answer is known from now on, if it is the same for everybody."""
        if is_about_schema(operation) and len(answer) <= HELD and not answer.startswith(b'{"errors"'):
            self._held.put(operation.key, answer, len(answer))


def is_about_schema(operation: "Operation") -> bool:
    """Whether nothing else is asked, and without variables."""
    return not operation.node.variable_definitions and all(
        isinstance(node, FieldNode) and node.name.value in ABOUT
        for node in operation.node.selection_set.selections
    )
