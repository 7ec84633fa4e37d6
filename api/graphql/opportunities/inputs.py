"""What is told about opportunities that are opened, changed and moved on."""

from collections.abc import Callable, Sequence
from datetime import date

import strawberry
from strawberry import Maybe

from api.graphql.enums import OpportunitySource, OpportunityStage
from api.graphql.inputs import key, key_at, money, said
from api.graphql.money import MoneyInput
from domain.opportunities.details import OpportunityDetails


@strawberry.input
class OpportunityInput:
    """What may be told when an opportunity is opened and when it is changed."""

    amount: Maybe[MoneyInput | None]
    probability: Maybe[int | None] = strawberry.field(
        description="In per cent: 0 to 100. That of the stage, unless another is given."
    )
    expected_on: Maybe[date | None] = strawberry.field(description="The day on which the sale is expected.")
    source: Maybe[OpportunitySource | None]
    touchpoint_id: Maybe[strawberry.ID | None] = strawberry.field(
        description="The contact that first told of it."
    )
    note: Maybe[str | None]
    owner_id: Maybe[strawberry.ID | None]
    branch_id: Maybe[strawberry.ID | None]
    offer_ids: Maybe[list[strawberry.ID] | None] = strawberry.field(description="Replaces the whole list.")
    grant_ids: Maybe[list[strawberry.ID] | None] = strawberry.field(
        description="Offers granted to this customer; replaces the whole list."
    )


@strawberry.input(description="A new opportunity.")
class CreateOpportunityInput(OpportunityInput):
    customer_id: strawberry.ID
    name: str
    stage: OpportunityStage = strawberry.field(
        default=OpportunityStage.LEAD, description="One that is neither WON nor LOST."
    )


@strawberry.input(description="A change of an opportunity: what is absent is left as it is, null clears.")
class UpdateOpportunityInput(OpportunityInput):
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    name: Maybe[str | None]


@strawberry.input(description="An opportunity comes into another stage.")
class MoveOpportunityInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    stage: OpportunityStage
    probability: Maybe[int | None] = strawberry.field(
        description="In per cent: 0 to 100. That of the stage, unless another is given."
    )
    reason: Maybe[str | None] = strawberry.field(description="Needed to lose it, and to open it again.")
    order_id: Maybe[strawberry.ID | None] = strawberry.field(
        description="The order that it became; WON only."
    )


@strawberry.input(description="The order that a won opportunity became.")
class LinkOpportunityOrderInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    order_id: strawberry.ID | None = strawberry.field(description="Null takes the link away.")


def details(input: OpportunityInput) -> OpportunityDetails:
    """The details for the domain. Raises Invalid for an id of another type."""
    found: OpportunityDetails = said(
        input,
        amount=money,
        touchpoint_id=key_at("Touchpoint", "touchpoint_id"),
        owner_id=key_at("User", "owner_id"),
        branch_id=key_at("Branch", "branch_id"),
        offer_ids=_keys("Offer", "offer_ids"),
        grant_ids=_keys("OfferGrant", "grant_ids"),
    )
    if "offer_ids" in found:
        found["offer_ids"] = found["offer_ids"] or []
    if "grant_ids" in found:
        found["grant_ids"] = found["grant_ids"] or []
    return found


def _keys(type_name: str, name: str) -> Callable[[Sequence[str]], list[int]]:
    return lambda given: [key(each, type_name, name, place) for place, each in enumerate(given)]
