"""The mutation that says which customer a visitor is. Its payload counts what was attached."""

from typing import TYPE_CHECKING, Any

import strawberry

from api.context import Context
from api.graphql.customers.types import Customer
from api.graphql.fields import selected
from api.graphql.inputs import key
from api.graphql.payloads import ALWAYS, ERRORS, Payload, carrying, error_type, refusal, user_error
from api.graphql.planning.readings import OfWritten
from api.graphql.writes import Told, Write, WriteField, Written
from api.permissions import Action, Group
from domain.customers.queries import customers
from domain.errors import DomainError
from domain.selection import ids
from domain.touchpoints.errors import VisitorIdentified
from domain.touchpoints.visitors import identify_visitor

if TYPE_CHECKING:
    from domain.selection.statement import Statement

_CODES: dict[str, type[DomainError]] = {"VISITOR_IDENTIFIED": VisitorIdentified, **ALWAYS}
IdentifyVisitorError = error_type("IdentifyVisitor", _CODES)

_ATTACHED = "__attached__"
"""Where the payload holds the count; no response key can be this."""


@strawberry.input(description="A visitor who turned out to be a customer.")
class IdentifyVisitorInput:
    visitor_id: str = strawberry.field(description="As the touchpoints name him.")
    customer_id: strawberry.ID


@strawberry.type
class IdentifyVisitorPayload:
    customer: Customer | None = selected(
        OfWritten(customers), description="Who the visitor is; null if nothing was attached."
    )
    attached: int | None = strawberry.field(
        resolver=lambda root: root[_ATTACHED],
        graphql_type=int | None,
        description="How many touchpoints are the customer's now that were nobody's.",
    )
    user_errors: list[IdentifyVisitorError] = strawberry.field(  # type: ignore[valid-type]  # made by error_type
        resolver=lambda root: root[ERRORS],
        graphql_type=list[IdentifyVisitorError],  # type: ignore[valid-type]  # made by error_type
        description="Empty when all went well.",
    )


carrying(IdentifyVisitorPayload)


async def _identify(write: Write, input: IdentifyVisitorInput) -> Written:
    customer_id = key(input.customer_id, "Customer", "customer_id")
    attached = await identify_visitor(write.session, input.visitor_id, customer_id, actor=write.actor)
    return Written(ids.made("Customer", customer_id), attached)


def _payload(_: Context, told: Told) -> Payload:
    return Payload(told.read, **{ERRORS: [], _ATTACHED: told.results})


async def _refused(context: Context, raised: DomainError, _: "Statement | None") -> Payload:
    told = user_error(refusal(raised, _CODES, language=context.call.language), IdentifyVisitorError)
    return Payload({}, **{ERRORS: [told], _ATTACHED: None})


def identify_visitor_field() -> Any:
    """The field of the type Mutation."""
    return WriteField(
        "identify_visitor",
        _identify,
        input=IdentifyVisitorInput,
        returns=IdentifyVisitorPayload,
        payload=_payload,
        refused=_refused,
        rights=(("Touchpoint", Action.UPDATE, Group.BASE),),
        description="Say which customer a visitor is: what he did before is attached to the customer, once. The same "
        "again attaches what came since.",
    )
