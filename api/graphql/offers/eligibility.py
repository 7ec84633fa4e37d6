"""Whether a customer may be given an offer, and why not."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

import strawberry

from api.context import Context
from api.graphql.cube.types import few
from api.graphql.inputs import key
from api.graphql.payloads import carrying
from domain.db import run
from domain.errors import Conflict
from domain.messages import told
from domain.offers.errors import (
    BudgetSpent,
    CustomerExcluded,
    NotEligible,
    NotForAgents,
    OfferExhausted,
    OfferNotValid,
)
from domain.offers.obstacles import obstacles

CODES: Mapping[str, type[Conflict]] = {
    "OFFER_NOT_VALID": OfferNotValid,
    "OFFER_EXHAUSTED": OfferExhausted,
    "NOT_ELIGIBLE": NotEligible,
    "EXCLUDED": CustomerExcluded,
    "NOT_FOR_AGENTS": NotForAgents,
    "BUDGET_SPENT": BudgetSpent,
}
"""Why an offer is not for a customer: `grantOffer` refuses under the same codes."""

MOST_OBSTACLES = 4
"""The validity, a rule, the agent's budget and the quantity, for the cost."""

_members: Any = Enum("OfferObstacleCode", [(code, code) for code in CODES])  # type: ignore[misc]  # made by name
_Code: Any = strawberry.enum(_members, description="What may stand between a customer and an offer.")


@strawberry.type(description="Something that stands between a customer and an offer.")
class OfferObstacle:
    code: _Code
    message: str = strawberry.field(description="One sentence; a rule that is in the way is named.")


carrying(OfferObstacle)


@strawberry.type(description="Whether a customer may be given an offer now.")
class OfferEligibility:
    eligible: bool = strawberry.field(description="Whether nothing stands in the way.")
    obstacles: list[OfferObstacle] = few(MOST_OBSTACLES, description="Why `grantOffer` would refuse.")


async def _eligibility(
    info: strawberry.Info[Context, None], offer_id: strawberry.ID, customer_id: strawberry.ID
) -> OfferEligibility | None:
    context = info.context
    offer, customer = key(offer_id, "Offer", "offer_id"), key(customer_id, "Customer", "customer_id")

    async def work(session: Any) -> Any:
        return await obstacles(session, offer, customer, actor=context.actor, now=context.now())

    found = await run(context.backend.engine, work, origin=context.actor.origin)
    if found is None:
        return None
    shown = [_shown(each, context.call.language) for each in found]
    return OfferEligibility(eligible=not shown, obstacles=shown)


def _shown(obstacle: Conflict, language: str) -> OfferObstacle:
    code = next(code for code, kind in CODES.items() if isinstance(obstacle, kind))
    return OfferObstacle(code=_Code[code], message=told(obstacle.message, language))


@strawberry.type
class OfferEligibilityQuery:
    offer_eligibility: OfferEligibility | None = strawberry.field(
        resolver=_eligibility,
        description="Whether `grantOffer` would grant the offer to the customer if the caller asked now, and all that "
        "is in the way; null where one of them cannot be seen.",
    )
