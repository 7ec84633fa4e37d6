"""An operation is answered: by its plan's statement alone, or by Strawberry upon the statement's answer."""

import json
from collections.abc import Mapping
from typing import Any

from graphql import ExecutionResult, GraphQLError, execute
from graphql.execution import VariableValues

from api.backend import Backend
from api.context import Context
from api.errors import ApiError, told
from api.graphql import texts
from api.graphql.documents import Documents, Operation
from api.graphql.plans import Plan
from domain.access import Actor
from domain.selection.run import read


async def answer(
    documents: Documents, operation: Operation, given: Mapping[str, Any], backend: Backend, actor: Actor
) -> bytes:
    """The body of the answer. Raises ApiError, Refused and errors of the domain where nothing was executed."""
    cleaned = texts.variables(given)
    values = documents.values(operation, cleaned)
    plan = documents.plan(operation, values, actor)
    if plan.complete:
        if plan.statement is None:
            return dumped({"data": plan.names})
        return b'{"data":' + (await _read(plan, values, backend, actor)).encode() + b"}"
    return await executed(documents, operation, cleaned, values, plan, backend, actor)


async def executed(
    documents: Documents,
    operation: Operation,
    given: dict[str, Any],
    values: VariableValues,
    plan: Plan,
    backend: Backend,
    actor: Actor,
) -> bytes:
    """The body of the answer by Strawberry's execution, whose root value is the answer of the plan's statement."""
    root = json.loads(await _read(plan, values, backend, actor)) if plan.statement else {}
    context = Context(backend, actor, values.coerced, plan.payloads)
    name = operation.node.name.value if operation.node.name else None
    found = execute(
        documents.schema,
        operation.document,
        root_value=root,
        context_value=context,
        variable_values=given,
        operation_name=name,
        hide_suggestions=True,
    )
    return dumped(formatted(found if isinstance(found, ExecutionResult) else await found))


async def _read(plan: Plan, values: VariableValues, backend: Backend, actor: Actor) -> str:
    assert plan.statement is not None, "only a plan with a statement is read"
    return await read(backend.reads, plan.statement, values.coerced, actor)


def formatted(result: ExecutionResult) -> dict[str, Any]:
    """The answer as GraphQL says, each error with its code."""
    if not result.errors:
        return {"data": result.data}
    return {"errors": [_formatted(error) for error in result.errors], "data": result.data}


def _formatted(error: GraphQLError) -> dict[str, Any]:
    original = error.original_error
    while isinstance(original, GraphQLError) and original.original_error is not None:
        original = original.original_error
    if original is None or isinstance(original, GraphQLError):
        shown = {"message": error.message, "extensions": {"code": "BAD_REQUEST"}}
    else:
        refusal: ApiError = told(original)
        shown = refusal.formatted()
    return {**shown, **({"path": error.path} if error.path else {})}


def dumped(value: Any) -> bytes:
    """JSON as Postgres prints it: compact, characters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
