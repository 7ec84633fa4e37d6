"""What a long-lived connection asks for: the answer to a query, or the delivery of a subscription."""

from collections.abc import Awaitable, Callable

from api.errors import BadRequest
from api.graphql.execution import answer
from api.graphql.requests import Asking
from api.graphql.subscriptions.caller import Caller
from api.graphql.subscriptions.delivery import Delivery, delivery
from api.graphql.trusted import TrustedDocuments
from api.metrics.counted import OK, outcome
from domain.messages import say

Asks = Callable[[Asking, Caller], Awaitable[bytes | Delivery]]


def asks_of(trusted: TrustedDocuments) -> Asks:
    """Gives the answers to documents under the same checks as POST. Mutations are refused: they need POST."""

    async def asks(asked: Asking, caller: Caller) -> bytes | Delivery:
        operation = await trusted.operation(asked, caller.call.actor, caller.backend.reads)
        usage, actor = caller.backend.usage, caller.call.actor
        if operation.is_subscription:
            with usage.counting(actor, operation.named):
                return delivery(trusted.documents, operation, asked.variables, caller)
        if not operation.is_query:
            raise BadRequest(say("mutations need POST"))
        with usage.counting(actor, operation.named) as call:
            body = await answer(trusted.documents, operation, asked.variables, caller.backend, caller.call)
            call.failed = outcome(body) != OK
        return body

    return asks
