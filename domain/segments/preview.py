"""What a rule would pick, before it is saved: how many, some of them, and what they are worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Actor
from domain.customers.queries import visible_to
from domain.money import Money
from domain.orders.model import Order, OrderLine
from domain.rules.reading import JsonRule, read_rule
from domain.segments.checks import check_references
from domain.segments.membership import members
from domain.segments.moments import moment_of


@dataclass(frozen=True)
class Preview:
    """`sample` are keys of customers, the first by key; `value` is their net revenue, by currency."""

    count: int
    sample: Sequence[int]
    value: Sequence[Money]


async def preview(
    session: AsyncSession, rule: JsonRule, *, actor: Actor, now: datetime, sample: int, valued: bool
) -> Preview:
    """What the rule would pick at `now` of the customers that the actor may see; their value only if it is wanted.

    Raises Invalid. Two statements, or three.
    """
    read = read_rule(rule, "rule")
    await check_references(session, read, "rule")
    found = members(read, await moment_of(session, now), seen=visible_to(actor)).cte("found")
    found = found.prefix_with("MATERIALIZED")
    first = select(found.c.customer_id).order_by(found.c.customer_id).limit(sample).subquery()
    counted = select(
        select(func.count()).select_from(found).scalar_subquery(),
        func.array(select(first.c.customer_id).order_by(first.c.customer_id).scalar_subquery()),
    )
    count, keys = (await session.execute(counted)).one()
    if not valued:
        return Preview(count, keys, ())
    worth = (
        select(Order.currency, func.sum(OrderLine.net_revenue))
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(Order.customer_id.in_(select(found.c.customer_id)))
        .group_by(Order.currency)
        .order_by(Order.currency)
    )
    amounts = await session.execute(worth)
    return Preview(count, keys, [Money(amount, currency) for currency, amount in amounts])
