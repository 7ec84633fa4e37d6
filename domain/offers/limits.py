"""How many more of an offer may be granted: by its quantity, and by an agent's budget."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import DateTime, Row, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Actor
from domain.company.model import Company
from domain.errors import Conflict
from domain.messages import say
from domain.offers.errors import BudgetSpent, NotForAgents, OfferExhausted
from domain.offers.model import OfferGrant
from domain.offers.states import GIVEN_BACK
from domain.roles import Role


@dataclass(frozen=True)
class Quantity:
    """So many of an offer are granted of so many that there are."""

    code: str
    limit: int
    granted: int

    def refuses(self, more: int) -> Conflict | None:
        """Why one is not granted after so many more."""
        return OfferExhausted(self.code, self.limit) if self.granted + more >= self.limit else None


@dataclass(frozen=True)
class Budget:
    """An agent has granted for so much in the month; one more costs `due`."""

    code: str
    budget: Decimal
    spent: Decimal
    due: Decimal
    currency: str

    def refuses(self, more: int) -> Conflict | None:
        """Why one is not granted after so many more."""
        spent = self.spent + self.due * more
        if spent + self.due <= self.budget:
            return None
        return BudgetSpent(self.code, budget=self.budget, spent=spent, due=self.due, currency=self.currency)


Limit = Quantity | Budget


async def limits(session: AsyncSession, offer: Row[Any], *, actor: Actor, now: datetime) -> Sequence[Limit]:
    """What limits the actor; whoever grants has locked the offer. Raises NotForAgents. At most two statements."""
    budget = await _budget(session, offer, actor=actor, now=now) if actor.role is Role.AGENT else None
    return [each for each in (budget, await _quantity(session, offer)) if each is not None]


async def _budget(session: AsyncSession, offer: Row[Any], *, actor: Actor, now: datetime) -> Budget | None:
    """The budget is of a month in the company's zone, at the offer's present cost or else value."""
    if not offer.agent_grantable:
        raise NotForAgents(say("agents may not grant the offer {code!r}", code=offer.code), "offer_id")
    if offer.agent_monthly_budget is None:
        return None
    if actor.user_id is None:
        raise NotForAgents(
            say("no user has the subject {subject!r}: a budget is a user's", subject=actor.subject),
            "offer_id",
        )
    zone = select(Company.time_zone).scalar_subquery()
    granted = await session.scalar(
        select(func.count()).where(
            OfferGrant.offer_id == offer.id,
            OfferGrant.granted_by_id == actor.user_id,
            OfferGrant.granted_at >= func.date_trunc("month", literal(now, DateTime(timezone=True)), zone),
            OfferGrant.state.not_in(GIVEN_BACK),
        )
    )
    due: Decimal = offer.value if offer.cost is None else offer.cost
    return Budget(
        code=offer.code,
        budget=offer.agent_monthly_budget,
        spent=due * (granted or 0),
        due=due,
        currency=offer.currency,
    )


async def _quantity(session: AsyncSession, offer: Row[Any]) -> Quantity | None:
    if offer.quantity_limit is None:
        return None
    granted = await session.scalar(
        select(func.count()).where(OfferGrant.offer_id == offer.id, OfferGrant.state.not_in(GIVEN_BACK))
    )
    return Quantity(code=offer.code, limit=offer.quantity_limit, granted=granted or 0)
