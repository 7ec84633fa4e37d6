"""graphql-core's validation of documents, fitted to a process that reads many.

Each document is validated by thirty rules, of which a few look at a node. Which those are for a kind of node, and by
which methods, is looked up once, not again for each document, and what a validation made is freed when it ends, not
left in cycles for the search for garbage: together that was three quarters of reading a document (measured).
"""

from collections.abc import Callable, Iterable
from typing import Any

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    Node,
    TypeInfo,
    ValidationContext,
    Visitor,
    visit,
)
from graphql.language.visitor import BREAK, SKIP, EnterLeaveVisitor
from graphql.validation.validate import (
    FragmentNestingVisitor,
    ValidationAbortedError,
    query_document_keys_to_validate,
)
from graphql.validation.validation_context import NodeWithSelectionSet, VariableUsage

MOST_ERRORS = 10

Rule = type[ASTValidationRule]
Call = Callable[..., Any]


class Rules:
    """Rules, and which of them look at a kind of node: each by its place, with the names of its methods."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.all = tuple(rules)
        self._looking: dict[str, tuple[tuple[int, str, str], ...]] = {}

    def looking(self, kind: str) -> tuple[tuple[int, str, str], ...]:
        found = self._looking.get(kind)
        if found is None:
            named = ((at, *_methods(rule, kind)) for at, rule in enumerate(self.all))
            found = self._looking[kind] = tuple(each for each in named if any(each[1:]))
        return found


def _methods(rule: Rule, kind: str) -> tuple[str, str]:
    """What the rule calls where such a node is entered and left; empty where nothing."""
    enter, leave = (
        next((name for name in (f"{way}_{kind}", way) if hasattr(rule, name)), "")
        for way in ("enter", "leave")
    )
    return enter, leave


class _Together(Visitor):
    """All rules at each node, which know the types there: graphql-core's TypeInfoVisitor around its ParallelVisitor,
    which asks every rule at every node. A rule may skip what is below a node, or all; it edits nothing."""

    def __init__(
        self, known: TypeInfo, rules: Rules, made: list[ASTValidationRule], first: list[Visitor]
    ) -> None:
        super().__init__()
        self._known = known
        self._rules = rules
        self._made = made
        self._first = first
        self._skipping: list[Any] = [None] * (len(first) + len(made))

    def get_enter_leave_for_kind(self, kind: str) -> EnterLeaveVisitor:
        found = self.enter_leave_map.get(kind)
        if found is None:
            found = self.enter_leave_map[kind] = self._both(kind)
        return found

    def _both(self, kind: str) -> EnterLeaveVisitor:
        known, skipping = self._known, self._skipping  # not the visitor itself, which holds what is made here
        calls = self._calls(kind)
        entering = [(at, enter) for at, enter, _ in calls if enter is not None]

        def enter(node: Node, *args: Any) -> None:
            known.enter(node)
            for at, call in entering:
                if skipping[at] is None:
                    result = call(node, *args)
                    if result is not None:
                        skipping[at] = node if result is SKIP or result is False else BREAK

        def leave(node: Node, *args: Any) -> None:
            for at, _, call in calls:
                if skipping[at] is node:
                    skipping[at] = None
                elif call is not None and skipping[at] is None and call(node, *args) in (BREAK, True):
                    skipping[at] = BREAK
            known.leave(node)

        return EnterLeaveVisitor(enter, leave)

    def _calls(self, kind: str) -> list[tuple[int, Call | None, Call | None]]:
        """Who looks at such a node, and by what."""
        first = enumerate(each.get_enter_leave_for_kind(kind) for each in self._first)
        found = [(at, each.enter, each.leave) for at, each in first if each.enter or each.leave]
        for at, enter, leave in self._rules.looking(kind):
            rule = self._made[at]
            both = (getattr(rule, enter) if enter else None, getattr(rule, leave) if leave else None)
            found.append((len(self._first) + at, *both))
        return found


class _Context(ValidationContext):
    """Where nothing says `$`, there are no variables to be looked for: each operation is else walked once more."""

    def get_variable_usages(self, node: NodeWithSelectionSet) -> list[VariableUsage]:
        where = node.loc
        if where is not None and "$" not in where.source.body:
            return []
        return super().get_variable_usages(node)


def validate(schema: GraphQLSchema, document: DocumentNode, rules: Rules) -> list[GraphQLError]:
    """What graphql-core's `validate` tells with `max_errors=10, hide_suggestions=True` of a valid schema."""
    errors: list[GraphQLError] = []

    def told(error: GraphQLError) -> None:
        if len(errors) >= MOST_ERRORS:
            raise ValidationAbortedError(
                "Too many validation errors, error limit reached. Validation aborted."
            )
        errors.append(error)

    known = TypeInfo(schema)
    context = _Context(schema, document, known, told, hide_suggestions=True)
    try:
        made = [rule(context) for rule in rules.all]
        visit(document, _Together(known, rules, made, _nesting(document)), query_document_keys_to_validate)
    except ValidationAbortedError as aborted:
        errors.append(aborted.with_traceback(None))
    except RecursionError:
        errors.append(ValidationAbortedError("Validation aborted."))
    return errors


def _nesting(document: DocumentNode) -> list[Visitor]:
    """What refuses fragments that lead too deep, before a rule follows them."""
    fragments: dict[str, Any] = {
        each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
    }
    return [FragmentNestingVisitor(fragments)] if fragments else []
