"""The mutation by which a user's open work goes to another. Its payload counts rows; it shows none but the user."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import strawberry

from api.context import Context
from api.graphql.fields import selected
from api.graphql.inputs import key
from api.graphql.payloads import ALWAYS, ERRORS, Payload, carrying, error_type, refusal, user_error
from api.graphql.planning.readings import OfWritten
from api.graphql.users.types import User
from api.graphql.writes import Told, Write, WriteField, Written
from api.permissions import Action, Group
from domain.errors import DomainError
from domain.selection import ids
from domain.tasks.errors import NobodyTakesIt
from domain.tasks.handover import hand_over
from domain.users.queries import users

if TYPE_CHECKING:
    from domain.selection.statement import Statement

_CODES: dict[str, type[DomainError]] = {"NOBODY_TAKES_IT": NobodyTakesIt, **ALWAYS}
HandOverWorkError = error_type("HandOverWork", _CODES)

_MOVED = "__moved__"
"""Where the payload holds the counts; no response key can be this."""


@strawberry.input(description="All that is open and owned by one user is to be another's.")
class HandOverWorkInput:
    from_user_id: strawberry.ID = strawberry.field(description="Who has it; he may be deactivated.")
    to_user_id: strawberry.ID = strawberry.field(description="Who gets it; he must be active.")


@strawberry.type(description="How much work was handed over.")
class HandedOver:
    customers: int = strawberry.field(description="Customers whose owner he was.")
    cases: int = strawberry.field(description="Cases that are neither SOLVED nor CLOSED.")
    opportunities: int = strawberry.field(description="Opportunities that are neither WON nor LOST.")
    tasks: int = strawberry.field(description="Tasks that are neither DONE nor CANCELLED.")


@strawberry.type
class HandOverWorkPayload:
    user: User | None = selected(
        OfWritten(users), description="Who has the work now; null if nothing was handed over."
    )
    handed_over: HandedOver | None = strawberry.field(
        resolver=lambda root: root[_MOVED], graphql_type=HandedOver | None
    )
    user_errors: list[HandOverWorkError] = strawberry.field(  # type: ignore[valid-type]  # made by error_type
        resolver=lambda root: root[ERRORS],
        graphql_type=list[HandOverWorkError],  # type: ignore[valid-type]  # made by error_type
        description="Empty when all went well.",
    )


carrying(HandedOver)
carrying(HandOverWorkPayload)


async def _hand_over(write: Write, input: HandOverWorkInput) -> Written:
    from_user = key(input.from_user_id, "User", "from_user_id")
    to_user = key(input.to_user_id, "User", "to_user_id")
    moved = await hand_over(write.session, from_user, to_user, actor=write.actor)
    return Written(ids.made("User", to_user), asdict(moved))


def _payload(_: Context, told: Told) -> Payload:
    return Payload(told.read, **{ERRORS: [], _MOVED: HandedOver(**told.results)})


async def _refused(context: Context, raised: DomainError, _: "Statement | None") -> Payload:
    told = user_error(refusal(raised, _CODES, language=context.call.language), HandOverWorkError)
    return Payload({}, **{ERRORS: [told], _MOVED: None})


def hand_over_work() -> Any:
    """The field of the type Mutation."""
    return WriteField(
        "hand_over_work",
        _hand_over,
        input=HandOverWorkInput,
        returns=HandOverWorkPayload,
        payload=_payload,
        refused=_refused,
        rights=(("User", Action.UPDATE, Group.BASE),),
        description="Give all open work of a user to another at once: customers, cases, opportunities and tasks.",
    )
