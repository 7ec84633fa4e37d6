"""Changes of offers."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import text
from domain.access import SYSTEM, Actor
from domain.errors import Invalid, StaleVersion
from domain.messages import say
from domain.offers.audience import Audience, set_audience
from domain.offers.errors import OfferCodeTaken, OfferNotFound
from domain.offers.model import Offer
from domain.offers.terms import OfferTerms, checked

_TERMS = (*(getattr(Offer, name) for name in OfferTerms.__annotations__), Offer.currency)


async def create_offer(
    session: AsyncSession,
    code: str,
    *,
    terms: OfferTerms,
    now: datetime,
    audience: Audience | None = None,
    actor: Actor = SYSTEM,
) -> int:
    """An offer of this code stands with these terms, for this audience; its key.

    It is valid from `now` where the terms do not say. Raises Invalid, OfferCodeTaken. At most four
    statements, and those of `set_audience`.
    """
    for needed in ("kind", "name"):
        if needed not in terms:
            raise Invalid(say("{key} is missing: every offer has one", key=needed), needed)
    columns = await checked(session, {"valid_from": now, **terms}, standing={})
    found = text.key(code, "code", limit=60)
    made: int | None = await session.scalar(
        insert(Offer)
        .values(code=found, **columns)
        .on_conflict_do_nothing(index_elements=[Offer.code])
        .returning(Offer.id)
    )
    if made is None:
        raise OfferCodeTaken(found)
    await set_audience(session, made, audience or {}, actor=actor)
    return made


async def update_offer(
    session: AsyncSession,
    offer_id: int,
    *,
    changes: OfferTerms,
    expected_version: int,
    audience: Audience | None = None,
    actor: Actor = SYSTEM,
) -> None:
    """The offer stands as changed: absent = left, None = cleared. Its code never changes; to withdraw it, let its
    validity end.

    Raises OfferNotFound, StaleVersion, Invalid. At most five statements, and those of `set_audience`.
    """
    standing = (
        await session.execute(
            select(Offer.version, *_TERMS).where(Offer.id == offer_id).with_for_update(key_share=True)
        )
    ).one_or_none()
    if standing is None:
        raise OfferNotFound("id")
    if standing.version != expected_version:
        raise StaleVersion("offer", offer_id, expected=expected_version, current=standing.version)
    columns = await checked(session, changes, standing=standing._asdict())
    await set_audience(session, offer_id, audience or {}, actor=actor)
    if columns:
        await session.execute(update(Offer).where(Offer.id == offer_id).values(columns))
