"""graphql-core's validation of documents, fitted to a process that reads many.

Each document is validated by thirty rules. Which methods a rule has for a kind of node is looked up once, not again
for each document, and what a validation made is freed when it ends, not left in cycles for the search for garbage:
together that was three fifths of reading a document (measured).
"""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    ParallelVisitor,
    TypeInfo,
    TypeInfoVisitor,
    ValidationContext,
    Visitor,
    visit,
)
from graphql.language.visitor import EnterLeaveVisitor
from graphql.validation.validate import (
    FragmentNestingVisitor,
    ValidationAbortedError,
    query_document_keys_to_validate,
)

MOST_ERRORS = 10

NOTHING = EnterLeaveVisitor(None, None)

Rule = type[ASTValidationRule]


class _Fitted(ASTValidationRule):
    """A rule whose methods are known by the kind of node."""

    names: ClassVar[dict[str, tuple[str | None, str | None]]]

    def get_enter_leave_for_kind(self, kind: str) -> EnterLeaveVisitor:
        enter, leave = self.names.get(kind) or self._named(kind)
        if enter is None and leave is None:
            return NOTHING
        return EnterLeaveVisitor(getattr(self, enter or "", None), getattr(self, leave or "", None))

    @classmethod
    def _named(cls, kind: str) -> tuple[str | None, str | None]:
        found = cls.names[kind] = (cls._first(f"enter_{kind}", "enter"), cls._first(f"leave_{kind}", "leave"))
        return found

    @classmethod
    def _first(cls, *names: str) -> str | None:
        return next((name for name in names if hasattr(cls, name)), None)


def fitted(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rules, each of which looks for its methods once."""
    return tuple(type(rule.__name__, (_Fitted, rule), {"names": {}}) for rule in rules)


def validate(schema: GraphQLSchema, document: DocumentNode, rules: Sequence[Rule]) -> list[GraphQLError]:
    """What graphql-core's `validate` tells with `max_errors=10, hide_suggestions=True` of a valid schema.

    `rules`: those that `fitted` made.
    """
    errors: list[GraphQLError] = []

    def told(error: GraphQLError) -> None:
        if len(errors) >= MOST_ERRORS:
            raise ValidationAbortedError(
                "Too many validation errors, error limit reached. Validation aborted."
            )
        errors.append(error)

    known = TypeInfo(schema)
    context = ValidationContext(schema, document, known, told, hide_suggestions=True)
    try:
        together = ParallelVisitor([*_nesting(document), *(rule(context) for rule in rules)])
        typed = TypeInfoVisitor(known, together)
        try:
            visit(document, typed, query_document_keys_to_validate)
        finally:
            for each in (typed, together):
                each.enter_leave_map.clear()  # it holds functions that hold it
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
