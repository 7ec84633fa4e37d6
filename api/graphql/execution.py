"""An operation is answered: by its plan's statement alone, or by Strawberry upon the statement's answer."""

import json
from collections.abc import Mapping
from typing import Any

from graphql import ExecutionResult
from graphql.execution import VariableValues

from api.asking import ClientLeft
from api.backend import BULK_LIMIT, LIMIT, Backend
from api.context import Call, Context
from api.graphql import sizes, texts
from api.graphql.canonical import Canonical, canonical
from api.graphql.documents import Documents, Operation, exceeded
from api.graphql.dumping import dumped
from api.graphql.given_rows import rows_in
from api.graphql.once import fingerprint
from api.graphql.plans import Plan
from api.graphql.ready import execute
from api.graphql.requests import ClientGone
from api.graphql.results import cause, check_not_held_up, formatted, refused
from api.graphql.used import used
from domain.selection.run import read


async def answer(
    documents: Documents, operation: Operation, given: dict[str, Any], backend: Backend, call: Call
) -> bytes:
    """The body of the answer. Raises ApiError, Refused and errors of the domain where nothing was executed.

    Takes rows out of `given`: half of a batch's memory, which is not held until the batch is written.
    """
    if not operation.takes_rows:
        sizes.check_variables(given)
    cleaned, said = _read_in(operation, given)
    values = documents.values(operation, cleaned)
    plan = documents.plan(operation, values, call.actor)
    rates, limit = (backend.bulk_rates, BULK_LIMIT) if call.bulk else (backend.rates, LIMIT)
    cost = _cost(plan, operation, values, limit)
    rates.take(call.actor.client, cost)
    spent = cost
    if operation.takes_rows:
        given.clear()
        values.sources.clear()
        del cleaned
    try:
        body, extensions = await answered(documents, operation, said, values, plan, backend, call)
        spent = used(body, plan.price)
        backend.access_log.note(call.actor, operation.key, call.seen)
    finally:
        remaining = rates.give_back(call.actor.client, cost - spent)
        if operation.takes_rows:
            _forget(values, said)
    return b'%b,"extensions":{%b"cost":{"requested":%d,"actual":%d,"limit":%d,"remaining":%d}}}' % (
        body[:-1],
        extensions,
        cost,
        spent,
        limit,
        remaining,
    )


def _forget(values: VariableValues, said: Canonical | None) -> None:
    """The rows are gone with the request. What executed it refers to itself in circles, and would keep them, some
    megabytes, until the next search for garbage."""
    values.coerced.clear()
    if said is not None:
        said.rows.clear()


def _read_in(operation: Operation, given: Mapping[str, Any]) -> tuple[dict[str, Any], Canonical | None]:
    """The variables with their text cleaned, and in writing where a mutation is given them."""
    if operation.is_query:
        return texts.variables(given), None
    if not operation.takes_rows:
        cleaned = texts.variables(given)
        return cleaned, canonical(cleaned)
    return texts.written(given)


def _cost(plan: Plan, operation: Operation, values: VariableValues, limit: int) -> int:
    if not plan.price.per_row:
        return plan.price.base
    cost = plan.price.base + plan.price.per_row * rows_in(values.coerced, operation.node)
    if cost > limit:
        raise exceeded(cost, limit)
    return cost


async def answered(
    documents: Documents,
    operation: Operation,
    said: Canonical | None,
    values: VariableValues,
    plan: Plan,
    backend: Backend,
    call: Call,
) -> tuple[bytes, bytes]:
    """The body without its cost, and what stands among the extensions besides, with a comma behind it.

    `said` is what a mutation is given, in writing.
    """
    if not plan.complete:
        if (known := documents.introspection.known(operation)) is not None:
            return known, b""
        found = await executed(documents, operation, said, values, plan, backend, call)
        documents.introspection.keep(operation, found[0])
        return found
    if plan.statement is None:
        return dumped({"data": plan.names}), b""
    return b'{"data":%b}' % (await _read(plan, values, backend, call)).encode(), b""


async def executed(
    documents: Documents,
    operation: Operation,
    said: Canonical | None,
    values: VariableValues,
    plan: Plan,
    backend: Backend,
    call: Call,
) -> tuple[bytes, bytes]:
    """The answer by Strawberry's execution, whose root value is the answer of the plan's statement: see answered.

    Raises ClientGone where a question to the cube was stopped because nobody waits for it, and Refused where the
    operation came to nothing for a reason that is not its own (results.py).
    """
    root = json.loads(await _read(plan, values, backend, call)) if plan.statement else {}
    context = Context(
        backend,
        call,
        values.coerced,
        plan.payloads,
        "" if said is None else fingerprint(operation.key, said),
        {} if said is None else said.rows,
    )
    found = execute(documents.schema, operation, values, root=root, context=context)
    result = found if isinstance(found, ExecutionResult) else await found
    if any(isinstance(cause(error), ClientLeft) for error in result.errors or ()):
        raise ClientGone
    refusals = refused(result)
    check_not_held_up(result, refusals)
    answer = formatted(result, refusals, call.language)
    backend.requests.replays += len(context.replayed)
    replayed = b'"idempotency":%b,' % dumped({"replayed": context.replayed}) if context.replayed else b""
    # A write that was answered from its record happened before this transaction: the position holds it too.
    token = b'"token":%b,' % dumped(max(context.positions).token) if context.positions else b""
    return dumped(answer), replayed + token


async def _read(plan: Plan, values: VariableValues, backend: Backend, call: Call) -> str:
    assert plan.statement is not None, "only a plan with a statement is read"
    return await read(backend.reads, plan.statement, values.coerced, call.actor, call.seen)
