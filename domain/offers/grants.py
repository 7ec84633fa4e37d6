"""Offers are granted: one offer to one customer, or to many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, BigInteger, DateTime, Row, Text, func, insert, literal, select
from sqlalchemy.dialects.postgresql import insert as insert_or_not
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows, text
from domain.access import Actor
from domain.customers import queries as customers
from domain.customers.errors import CustomerNotFound
from domain.customers.model import Customer
from domain.customers.redirects import resolved
from domain.errors import DomainError
from domain.offers.eligibility import refusals
from domain.offers.errors import GivenTwice, GrantCodeTaken, OfferNotFound, OfferNotValid
from domain.offers.limits import Limit, limits
from domain.offers.model import GrantState, Offer, OfferGrant, OfferGrantState


class GrantStatus(StrEnum):
    CREATED = "CREATED"
    REJECTED = "REJECTED"


@dataclass(frozen=True)
class Granted:
    """What became of the offer to one customer: the key of the grant, or why there is none."""

    status: GrantStatus
    key: int | None = None
    error: DomainError | None = None


async def grant_offer(
    session: AsyncSession,
    offer_id: int,
    customer_id: int,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
    code: str | None = None,
) -> int:
    """The offer is proposed to the customer, who is told apart by `code` when he comes with it; the grant's key.

    Raises OfferNotFound, CustomerNotFound, OfferNotValid, NotForAgents, CustomerExcluded, NotEligible, BudgetSpent,
    OfferExhausted, GrantCodeTaken, Invalid. At most ten statements.
    """
    found = None if code is None else text.key(code, "code", limit=60)
    [granted] = await grant_offers(
        session, offer_id, [customer_id], actor=actor, now=now, reason=reason, code=found
    )
    if granted.error is not None:
        raise granted.error
    assert granted.key is not None, "what is not refused is granted"
    return granted.key


async def grant_offers(
    session: AsyncSession,
    offer_id: int,
    keys: Sequence[int],
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
    code: str | None = None,
) -> list[Granted]:
    """The offer is proposed to each of the customers who may be given it. One result each, in their order.

    Who is refused is REJECTED with the reason and stops no other; where the offer or the budget is used up on the way,
    the rest is refused. The offer is locked first: of two who grant its last piece, the second finds it gone. `code`
    is for one customer. At most ten statements, however many customers. Raises OfferNotFound, OfferNotValid,
    NotForAgents, Invalid where nothing at all can be granted.
    """
    told = None if reason is None else text.prose(reason, "reason", limit=1_000)
    offer = await _locked(session, offer_id)
    kept = await resolved(session, set(keys))
    keys = [kept[key] for key in keys]
    # An erased person is nobody to whoever grants: no reason may be written beside the name that is gone.
    seen = await rows.known(
        session, Customer.id, set(keys), customers.visible_to(actor), Customer.erased_at.is_(None)
    )
    if keys and not seen:
        return [Granted(GrantStatus.REJECTED, error=CustomerNotFound("customer_id")) for _ in keys]
    check_validity(offer, now)
    within = await limits(session, offer, actor=actor, now=now)
    refused = await refusals(session, offer_id, offer.code, seen, now=now)
    errors = _errors(keys, seen, refused, within)
    wanted = [key for key, error in zip(keys, errors, strict=True) if error is None]
    made = await _propose(session, offer_id, wanted, actor=actor, now=now, reason=told, code=code)
    return [_granted(key, error, made, code) for key, error in zip(keys, errors, strict=True)]


async def _locked(session: AsyncSession, offer_id: int) -> Row[Any]:
    found = (
        await session.execute(
            select(Offer.__table__).where(Offer.id == offer_id).with_for_update(key_share=True)
        )
    ).one_or_none()
    if found is None:
        raise OfferNotFound("offer_id")
    return found


def check_validity(offer: Row[Any], now: datetime) -> None:
    """Raises OfferNotValid where the offer is not open at `now`."""
    if not offer.valid_from <= now or (offer.valid_to is not None and now >= offer.valid_to):
        raise OfferNotValid(offer.code, valid_from=offer.valid_from, valid_to=offer.valid_to, now=now)


def _errors(
    keys: Sequence[int], seen: frozenset[int], refused: Mapping[int, DomainError], within: Sequence[Limit]
) -> list[DomainError | None]:
    """Why each is refused. Who is refused for himself uses nothing up."""
    found: list[DomainError | None] = []
    before: set[int] = set()
    for key in keys:
        error = _error(key, seen, refused, before)
        if error is None:
            taken = sum(each is None for each in found)
            error = next((why for limit in within if (why := limit.refuses(taken)) is not None), None)
        before.add(key)
        found.append(error)
    return found


def _error(
    key: int, seen: frozenset[int], refused: Mapping[int, DomainError], before: set[int]
) -> DomainError | None:
    if key not in seen:
        return CustomerNotFound("customer_id")
    return GivenTwice() if key in before else refused.get(key)


async def _propose(
    session: AsyncSession,
    offer_id: int,
    keys: Sequence[int],
    *,
    actor: Actor,
    now: datetime,
    reason: str | None,
    code: str | None,
) -> dict[int, int]:
    """The keys of the grants by those of the customers; none where another grant has the code. Two statements."""
    if not keys:
        return {}
    at = literal(now, DateTime(timezone=True))
    key = func.unnest(literal(list(keys), ARRAY(BigInteger()))).column_valued("key")
    values = {
        "offer_id": literal(offer_id, BigInteger()),
        "customer_id": key,
        "reason": literal(reason, Text()),
        "code": literal(code, Text()),
        "granted_by_id": literal(actor.user_id, BigInteger()),
        "granted_at": at,
    }
    made = await session.execute(
        insert_or_not(OfferGrant)
        .from_select(list(values), select(*values.values()).order_by(key))
        .on_conflict_do_nothing(index_elements=[OfferGrant.code])
        .returning(OfferGrant.customer_id, OfferGrant.id)
    )
    found = {row.customer_id: row.id for row in made}
    grant = func.unnest(literal(list(found.values()), ARRAY(BigInteger()))).column_valued("grant_id")
    state = literal(GrantState.PROPOSED.value, Text())
    await session.execute(
        insert(OfferGrantState).from_select(
            ["grant_id", "state", "reached_at"], select(grant, state, at).order_by(grant)
        )
    )
    return found


def _granted(key: int, error: DomainError | None, made: Mapping[int, int], code: str | None) -> Granted:
    if error is None and key not in made:
        error = GrantCodeTaken(str(code))
    if error is not None:
        return Granted(GrantStatus.REJECTED, error=error)
    return Granted(GrantStatus.CREATED, made[key])
