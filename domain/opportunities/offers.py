"""The offers made in an opportunity: given as whole lists, written where they differ."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from domain import rows
from domain.errors import Invalid
from domain.messages import say
from domain.offers.model import Offer, OfferGrant
from domain.opportunities.details import OpportunityDetails
from domain.opportunities.model import OpportunityGrant, OpportunityOffer

MOST = 100


async def set_offers(
    session: AsyncSession, opportunity_id: int, details: OpportunityDetails, *, customer_id: int
) -> None:
    """Exactly the offers and grants of the details belong to the opportunity, where they speak of them.

    Raises Invalid with the place of an offer that is not there, or of a grant that is not the customer's. At most six
    statements.
    """
    if "offer_ids" in details:
        await _check(session, Offer.id, details["offer_ids"], "offer_ids")
        await _set(session, opportunity_id, OpportunityOffer, OpportunityOffer.offer_id, details["offer_ids"])
    if "grant_ids" in details:
        of_customer = OfferGrant.customer_id == customer_id
        await _check(session, OfferGrant.id, details["grant_ids"], "grant_ids", of_customer)
        await _set(session, opportunity_id, OpportunityGrant, OpportunityGrant.grant_id, details["grant_ids"])


async def _check(
    session: AsyncSession,
    key: InstrumentedAttribute[int],
    wanted: Sequence[int],
    name: str,
    *also: ColumnElement[bool],
) -> None:
    if len(wanted) > MOST:
        raise Invalid(
            say(
                "{given} {name} are given; at most {most} are allowed",
                given=len(wanted),
                name=name,
                most=MOST,
            ),
            name,
        )
    known = await rows.known(session, key, set(wanted), *also)
    for place, each in enumerate(wanted):
        if each not in known:
            raise Invalid(
                say("there is no such offer, or none that was granted to this customer"), name, place
            )


async def _set(
    session: AsyncSession,
    opportunity_id: int,
    link: type[OpportunityOffer] | type[OpportunityGrant],
    column: InstrumentedAttribute[int],
    wanted: Sequence[int],
) -> None:
    surplus = delete(link).where(link.opportunity_id == opportunity_id, ~rows.among(column, wanted))
    await session.execute(surplus)
    links = [{"opportunity_id": opportunity_id, column.key: key} for key in sorted(set(wanted))]
    if links:
        await session.execute(insert(link).values(links).on_conflict_do_nothing())
