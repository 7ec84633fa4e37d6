"""What becomes of a document, for developers: its selection, and the SQL with the meaning of each parameter."""

from typing import Any

from api.graphql.plans import Plan
from domain.selection.outline import outline
from domain.selection.statement import Fixed, FromActor, FromCaller, Statement


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
