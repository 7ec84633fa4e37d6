"""What is told about offers and grants that are made or changed."""

from datetime import datetime

import strawberry
from strawberry import Maybe

from api.graphql.enums import GrantState, OfferKind
from api.graphql.inputs import key_at, money, said
from api.graphql.money import MoneyInput
from domain.offers.terms import OfferTerms


@strawberry.input
class OfferInput:
    """What may be told when an offer is created and when it is changed. Its amounts are in one currency."""

    product_id: Maybe[strawberry.ID | None] = strawberry.field(
        description="The product that it recommends or gives."
    )
    value: Maybe[MoneyInput | None] = strawberry.field(description="What it is worth to the customer.")
    cost: Maybe[MoneyInput | None] = strawberry.field(description="What it costs the company.")
    valid_from: Maybe[datetime | None] = strawberry.field(description="Now, unless another time is given.")
    valid_to: Maybe[datetime | None] = strawberry.field(
        description="The first moment at which it is not valid."
    )
    quantity_limit: Maybe[int | None] = strawberry.field(description="How many may be granted in all.")
    agent_grantable: Maybe[bool | None] = strawberry.field(description="Whether agents may grant it.")
    agent_monthly_budget: Maybe[MoneyInput | None] = strawberry.field(
        description="What one agent may grant in a month, counted by its cost or else its value."
    )


@strawberry.input(description="A new offer.")
class CreateOfferInput(OfferInput):
    code: str = strawberry.field(description="Unique, and never changed.")
    name: str
    kind: OfferKind


@strawberry.input(description="A change of an offer: what is absent is left as it is, null clears.")
class UpdateOfferInput(OfferInput):
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    name: Maybe[str | None]
    kind: Maybe[OfferKind | None]


@strawberry.input(description="An offer to be granted to a customer.")
class GrantOfferInput:
    offer_id: strawberry.ID
    customer_id: strawberry.ID
    reason: Maybe[str | None] = strawberry.field(description="Why this offer was chosen for this customer.")
    code: Maybe[str | None] = strawberry.field(description="What the customer shows to redeem it; unique.")


@strawberry.input(description="What became of a grant. States move one way.")
class MoveOfferGrantInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    state: GrantState
    order_id: Maybe[strawberry.ID | None] = strawberry.field(description="The order that redeemed it.")


def terms(input: OfferInput) -> OfferTerms:
    """The terms for the domain. Raises Invalid for an id of another type."""
    found: OfferTerms = said(
        input, product_id=key_at("Product", "product_id"), value=money, cost=money, agent_monthly_budget=money
    )
    return found
