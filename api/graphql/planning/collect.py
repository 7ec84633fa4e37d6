"""Which fields an operation asks of one type, by response key, in the order of their first occurrence.

GraphQL's CollectFields. graphql-core has it, as an internal that changes from release to release.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    NamedTypeNode,
    SelectionNode,
    SelectionSetNode,
    is_abstract_type,
)
from graphql.execution import VariableValues, get_directive_values


@dataclass(frozen=True)
class Collecting:
    """What does not change while one operation is walked."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: VariableValues

    def fields(
        self, of: GraphQLObjectType, sets: Iterable[SelectionSetNode | None]
    ) -> dict[str, list[FieldNode]]:
        """The fields asked of the type by these selection sets together."""
        found: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for selections in sets:
            if selections is not None:
                self._collect(of, selections, found, seen)
        return found

    def _collect(
        self,
        of: GraphQLObjectType,
        selections: SelectionSetNode,
        found: dict[str, list[FieldNode]],
        seen: set[str],
    ) -> None:
        for node in selections.selections:
            if not self._included(node):
                continue
            match node:
                case FieldNode():
                    key = node.alias.value if node.alias else node.name.value
                    found.setdefault(key, []).append(node)
                case InlineFragmentNode():
                    if self._applies(node.type_condition, of):
                        self._collect(of, node.selection_set, found, seen)
                case FragmentSpreadNode():
                    self._spread(of, node.name.value, found, seen)

    def _spread(
        self, of: GraphQLObjectType, name: str, found: dict[str, list[FieldNode]], seen: set[str]
    ) -> None:
        fragment = self.fragments[name]
        if name not in seen and self._applies(fragment.type_condition, of):
            seen.add(name)
            self._collect(of, fragment.selection_set, found, seen)

    def _included(self, node: SelectionNode) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self.variables)
        if skip and skip["if"]:
            return False
        include = get_directive_values(GraphQLIncludeDirective, node, self.variables)
        return not include or bool(include["if"])

    def _applies(self, condition: NamedTypeNode | None, of: GraphQLObjectType) -> bool:
        if condition is None or condition.name.value == of.name:
            return True
        type_ = self.schema.type_map[condition.name.value]
        return is_abstract_type(type_) and self.schema.is_sub_type(type_, of)
