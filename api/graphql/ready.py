"""Answers that are made already: the executor takes them as they are."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

from graphql import ExecutionResult, GraphQLSchema
from graphql.execution import Executor, VariableValues, default_field_resolver, default_type_resolver
from graphql.execution.collect_fields import FragmentDetails

from api.graphql.documents import Operation


@dataclass(frozen=True, slots=True)
class Ready:
    """What a field answers, as JSON of exactly what is asked below it."""

    value: Any


class ReadyExecutor(Executor[Any]):
    """graphql-core's executor, which does not walk what is ready."""

    def complete_value(
        self,
        return_type: Any,
        field_details_list: Any,
        info: Any,
        path: Any,
        result: Any,
        position_context: Any,
    ) -> Any:
        if type(result) is Ready:
            return result.value
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)


def execute(
    schema: GraphQLSchema, operation: Operation, values: VariableValues, *, root: Any, context: Any
) -> ExecutionResult | Awaitable[ExecutionResult]:
    """graphql-core's `execute` upon variables that are coerced already, which it would do once more."""
    fragments = dict(operation.fragments)
    found: Any = ReadyExecutor(
        schema,
        fragments,
        {name: FragmentDetails(fragment) for name, fragment in fragments.items()},
        root,
        context,
        operation.node,
        values,
        default_field_resolver,
        default_type_resolver,
        default_field_resolver,
        hide_suggestions=True,
    ).execute_operation()
    return found  # type: ignore[no-any-return]  # an ExecutionResult, now or later
