"""Mutations of offers and grants."""

import strawberry

from api.graphql.inputs import key, key_at, said
from api.graphql.offers.eligibility import CODES
from api.graphql.offers.inputs import (
    CreateOfferInput,
    GrantOfferInput,
    MoveOfferGrantInput,
    UpdateOfferInput,
    audience,
    terms,
)
from api.graphql.offers.results import GrantOffersPayload, grant_offers
from api.graphql.offers.types import Offer, OfferGrant
from api.graphql.writes import Write, writes
from api.permissions import Action
from domain.errors import StaleVersion
from domain.offers import commands, grants, moves
from domain.offers.errors import GrantCodeTaken, MoveNotAllowed, OfferCodeTaken
from domain.offers.queries import offer_grants, offers
from domain.offers.terms import OfferTerms


@strawberry.type
class OfferMutation:
    @writes(Offer, offers, Action.CREATE, errors={"CODE_TAKEN": OfferCodeTaken})
    async def create_offer(write: Write, input: CreateOfferInput) -> int:
        """Create an offer."""
        told: OfferTerms = {**terms(input), "name": input.name, "kind": input.kind}
        return await commands.create_offer(
            write.session,
            input.code,
            terms=told,
            now=write.now,
            audience=audience(input),
            actor=write.actor,
        )

    @writes(Offer, offers, Action.UPDATE, errors={"STALE_VERSION": StaleVersion})
    async def update_offer(write: Write, input: UpdateOfferInput) -> int:
        """Change an offer: what is absent is left as it is, null clears. To withdraw it, end its validity."""
        offer_id = key(input.id, "Offer", "id")
        await commands.update_offer(
            write.session,
            offer_id,
            changes=terms(input),
            expected_version=input.expected_version,
            audience=audience(input),
            actor=write.actor,
        )
        return offer_id

    @writes(OfferGrant, offer_grants, Action.CREATE, errors={**CODES, "CODE_TAKEN": GrantCodeTaken})
    async def grant_offer(write: Write, input: GrantOfferInput) -> int:
        """Grant an offer to a customer who is eligible and not excluded."""
        return await grants.grant_offer(
            write.session,
            key(input.offer_id, "Offer", "offer_id"),
            key(input.customer_id, "Customer", "customer_id"),
            actor=write.actor,
            now=write.now,
            **said(input),
        )

    grant_offers: GrantOffersPayload | None = grant_offers()

    @writes(
        OfferGrant,
        offer_grants,
        Action.UPDATE,
        errors={"MOVE_NOT_ALLOWED": MoveNotAllowed, "STALE_VERSION": StaleVersion},
    )
    async def move_offer_grant(write: Write, input: MoveOfferGrantInput) -> int:
        """Tell what became of a grant: states move one way, and each is kept with its time."""
        grant_id = key(input.id, "OfferGrant", "id")
        await moves.move_grant(
            write.session,
            grant_id,
            input.state,
            expected_version=input.expected_version,
            actor=write.actor,
            now=write.now,
            **said(input, order_id=key_at("Order", "order_id")),
        )
        return grant_id
