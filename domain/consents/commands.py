"""Changes of consents: lines are added, none is changed."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import text
from domain.access import Actor
from domain.channels import Channel
from domain.consents.errors import ConsentDiffers
from domain.consents.model import Consent, ConsentPurpose
from domain.customers import queries as customers
from domain.customers.errors import CustomerNotFound
from domain.customers.model import Customer
from domain.customers.redirects import led
from domain.errors import Invalid
from domain.messages import say

CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class NewConsent:
    """What a customer gave or withdrew. `source` is where he did: a form, a call, the web shop."""

    customer_id: int
    purpose: ConsentPurpose
    given: bool
    source: str
    channel: Channel | None = None
    at: datetime | None = None
    source_id: str | None = None
    evidence: str | None = None


async def record_consent(session: AsyncSession, told: NewConsent, *, actor: Actor, now: datetime) -> int:
    """The line stands; its key. The same line of a source twice is one.

    Raises CustomerNotFound, ConsentDiffers, Invalid. At most four statements.
    """
    told = replace(told, customer_id=await led(session, told.customer_id))
    line = _checked(told, actor, now)
    seen = await session.scalar(
        select(Customer.id)
        .where(Customer.id == told.customer_id, customers.visible_to(actor))
        .with_for_update(read=True, key_share=True)
    )
    if seen is None:
        raise CustomerNotFound("customer_id")
    made: int | None = await session.scalar(
        insert(Consent)
        .values(line)
        .on_conflict_do_nothing(index_elements=[Consent.source, Consent.source_id])
        .returning(Consent.id)
    )
    return await _known(session, line) if made is None else made


def _checked(told: NewConsent, actor: Actor, now: datetime) -> dict[str, object]:
    at = told.at or now
    if at > now + CLOCKS_DIFFER:
        raise Invalid(say("{at} lies in the future", at=at.isoformat()), "at")
    return {
        "customer_id": told.customer_id,
        "purpose": told.purpose.value,
        "channel": None if told.channel is None else told.channel.value,
        "given": told.given,
        "at": at,
        "source": text.key(told.source, "source", limit=60),
        "source_id": None if told.source_id is None else text.key(told.source_id, "source_id"),
        "evidence": None if told.evidence is None else text.prose(told.evidence, "evidence", limit=2_000),
        "recorded_by_id": actor.user_id,
    }


async def _known(session: AsyncSession, line: dict[str, object]) -> int:
    held = (
        await session.execute(
            select(Consent.__table__).where(
                Consent.source == line["source"], Consent.source_id == line["source_id"]
            )
        )
    ).one()
    if any(getattr(held, name) != line[name] for name in ("customer_id", "purpose", "channel", "given")):
        raise ConsentDiffers(held.source, held.source_id)
    return int(held.id)
