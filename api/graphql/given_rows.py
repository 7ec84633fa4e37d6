"""How many rows a mutation is given: its price grows with them (cost.py)."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import FieldNode, ListValueNode, OperationDefinitionNode, SelectionNode, ValueNode


def rows_in(variables: Mapping[str, Any], operation: OperationDefinitionNode) -> int:
    """At least how many rows the inputs of a mutation may hold: the longest list in them."""
    written = max((_longest(node) for node in operation.selection_set.selections), default=0)
    return max(1, written, _longest_value(variables))


def _longest(node: SelectionNode) -> int:
    arguments = node.arguments if isinstance(node, FieldNode) else ()
    return max((_longest_literal(argument.value) for argument in arguments or ()), default=0)


def _longest_literal(node: ValueNode) -> int:
    parts: Sequence[ValueNode] = ()
    if isinstance(node, ListValueNode):
        parts = node.values
    elif hasattr(node, "fields"):
        parts = [each.value for each in node.fields]
    own = len(parts) if isinstance(node, ListValueNode) else 0
    return max([own, *(_longest_literal(each) for each in parts)])


def _longest_value(value: Any) -> int:
    """The length of the longest list in a coerced variable. Upserts have ten thousands of values: no detours."""
    kind = type(value)
    longest = len(value) if kind is list else 0
    for each in value if kind is list else value.values() if kind is dict else ():
        if (type(each) is list or type(each) is dict) and (found := _longest_value(each)) > longest:
            longest = found
    return longest
