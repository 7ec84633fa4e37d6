"""Changes of offers."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import text
from domain.errors import Invalid, StaleVersion
from domain.offers.errors import OfferCodeTaken, OfferNotFound
from domain.offers.model import Offer
from domain.offers.terms import OfferTerms, checked

_TERMS = (*(getattr(Offer, name) for name in OfferTerms.__annotations__), Offer.currency)


async def create_offer(session: AsyncSession, code: str, *, terms: OfferTerms, now: datetime) -> int:
    """An offer of this code stands with these terms, valid from `now` where they do not say; its key.

    Raises Invalid, OfferCodeTaken. At most three statements.
    """
    for needed in ("kind", "name"):
        if needed not in terms:
            raise Invalid(f"{needed} is missing: every offer has one", needed)
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
    return made


async def update_offer(
    session: AsyncSession, offer_id: int, *, changes: OfferTerms, expected_version: int
) -> None:
    """The offer stands as changed: absent = left, None = cleared. Its code never changes; to withdraw it, let its
    validity end.

    Raises OfferNotFound, StaleVersion, Invalid. At most four statements.
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
    if columns:
        await session.execute(update(Offer).where(Offer.id == offer_id).values(columns))
