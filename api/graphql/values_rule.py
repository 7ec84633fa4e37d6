"""The rule on literals of a document, whose errors all say where: of our own scalars graphql-core's leaves it out."""

from collections.abc import Sequence
from typing import Any

from graphql import (
    SKIP,
    GraphQLError,
    GraphQLInputType,
    ListValueNode,
    ObjectValueNode,
    ValueNode,
    ValuesOfCorrectTypeRule,
    validate_input_literal,
)


class PlacedValuesRule(ValuesOfCorrectTypeRule):
    """graphql-core's rule; an error that knows no place is told at the literal that its path leads to."""

    def is_valid_value_node(self, node: ValueNode, input_type: GraphQLInputType | None) -> Any:
        """As graphql-core's."""

        def told(error: GraphQLError, path: Sequence[str | int]) -> None:
            self.report_error(error if error.nodes else GraphQLError(error.message, _at(node, path)))

        if input_type:
            validate_input_literal(node, input_type, told, hide_suggestions=self.context.hide_suggestions)
        return SKIP


def _at(node: ValueNode, path: Sequence[str | int]) -> ValueNode:
    """The literal inside this one. One value may stand for a list of itself."""
    for step in path:
        if isinstance(node, ListValueNode) and isinstance(step, int):
            node = node.values[step]
        elif isinstance(node, ObjectValueNode):
            node = next((each.value for each in node.fields if each.name.value == step), node)
    return node
