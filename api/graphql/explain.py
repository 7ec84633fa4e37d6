"""What becomes of a document, for developers: its selection, and the SQL with the meaning of each parameter.

By `dangol explain`, and beside an answer for those who send the header Dangol-Explain: 1.
"""

from typing import Any

from api.backend import Backend
from api.context import Call
from api.errors import BadRequest, Forbidden
from api.graphql import texts
from api.graphql.documents import Documents, Operation
from api.graphql.dumping import dumped
from api.graphql.execution import answer
from api.graphql.plans import Plan
from domain.messages import say
from domain.roles import Role
from domain.selection.outline import outline
from domain.selection.statement import Fixed, FromActor, FromCaller, Statement

HEADER = b"dangol-explain"


def explained(plan: Plan) -> dict[str, Any]:
    """The plan as JSON can hold it. No value that a caller sent is in it.

    `complete`: the statement's answer is the whole answer; else Strawberry's resolvers run upon it. `written` has what
    each mutation reads back.
    """
    said: dict[str, Any] = {"complete": plan.complete, "selection": outline(plan.selection)}
    if plan.statement is not None:
        said |= _statement(plan.statement)
    if plan.payloads:
        said["written"] = {key: _statement(statement) for key, statement in plan.payloads.items()}
    return said


async def answer_explained(
    documents: Documents,
    operation: Operation,
    given: dict[str, Any],
    backend: Backend,
    call: Call,
    *,
    value: bytes,
) -> bytes:
    """The body of the answer with `extensions.explain`; `value` is the header's.

    Raises Forbidden for whom it is not and BadRequest for another value, before anything is executed; else as `answer`.
    """
    if not backend.settings.is_development and call.actor.role is not Role.ADMIN:
        raise Forbidden(
            say("Dangol-Explain is for administrators; others may send it to a server in development mode")
        )
    if value.strip() != b"1":
        raise BadRequest(say("Dangol-Explain must be 1, or absent"))
    body = await answer(documents, operation, dict(given), backend, call)
    values = documents.values(operation, texts.variables(given))
    said = explained(documents.plan(operation, values, call.actor))
    return b'%b,"explain":%b}}' % (body[: -len(b"}}")], dumped(said))


def _statement(statement: Statement) -> dict[str, Any]:
    return {"sql": statement.sql, "parameters": [_parameter(each) for each in statement.parameters]}


def _parameter(parameter: FromCaller | FromActor | Fixed) -> str:
    match parameter:
        case FromCaller(value):
            return value.place or "told by the mutation"
        case FromActor(name):
            return name
        case Fixed(value):
            return repr(value)
