"""What a rule would pick, before it is saved: how many, some of them, and what they are worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CTE, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Actor
from domain.company.model import Currency
from domain.customers.queries import visible_to
from domain.money import Money
from domain.orders.model import Order, OrderLine
from domain.rules.reading import JsonRule, read_rule
from domain.segments.checks import check_references
from domain.segments.membership import members
from domain.segments.moments import moment_of
from domain.segments.plans import joined_by_hash


@dataclass(frozen=True)
class Preview:
    """`sample` are keys of customers, the first by key."""

    count: int
    sample: Sequence[int]


async def preview(
    session: AsyncSession, rule: JsonRule, *, actor: Actor, now: datetime, sample: int
) -> Preview:
    """How many customers that the actor may see would be picked at `now`, and some of them.

    Raises Invalid. Four statements, besides those that look whether what the rule names is there.
    """
    found = await _found(session, rule, actor, now)
    first = select(found.c.customer_id).order_by(found.c.customer_id).limit(sample).subquery()
    counted = select(
        select(func.count()).select_from(found).scalar_subquery(),
        func.array(select(first.c.customer_id).order_by(first.c.customer_id).scalar_subquery()),
    )
    async with joined_by_hash(session):
        count, keys = (await session.execute(counted)).one()
    return Preview(count, keys)


async def worth(session: AsyncSession, rule: JsonRule, *, actor: Actor, now: datetime) -> list[Money]:
    """What those customers brought: their net revenue at the scale of each currency, by its code. As `preview`."""
    found = await _found(session, rule, actor, now)
    brought = (
        select(Order.currency, func.round(func.sum(OrderLine.net_revenue), Currency.scale))
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Currency, Currency.code == Order.currency)
        .where(Order.customer_id.in_(select(found.c.customer_id)))
        .group_by(Order.currency, Currency.scale)
        .order_by(Order.currency)
    )
    async with joined_by_hash(session):
        amounts = (await session.execute(brought)).all()
    return [Money(amount, currency) for currency, amount in amounts]


async def _found(session: AsyncSession, rule: JsonRule, actor: Actor, now: datetime) -> CTE:
    read = read_rule(rule, "rule")
    await check_references(session, read, "rule")
    found = members(read, await moment_of(session, now), seen=visible_to(actor))
    return found.cte("found").prefix_with("MATERIALIZED")
