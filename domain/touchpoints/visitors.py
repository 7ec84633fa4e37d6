"""A visitor turns out to be a customer: what he did before is attached to the customer, once."""

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain import text
from domain.access import Actor
from domain.customers import queries as customers
from domain.customers.errors import CustomerNotFound
from domain.customers.model import Customer
from domain.customers.redirects import led
from domain.touchpoints.errors import VisitorIdentified, VisitorNotFound
from domain.touchpoints.model import Touchpoint


async def identify_visitor(session: AsyncSession, visitor_id: str, customer_id: int, *, actor: Actor) -> int:
    """All touchpoints of the visitor that had no customer are the customer's; how many those were.

    The whole past moves, also what the actor could not see while it was nobody's: half a past would be a wrong one. The
    same again attaches what came since. Raises CustomerNotFound, VisitorNotFound, VisitorIdentified, Invalid. Five
    statements, however many touchpoints.
    """
    visitor = text.key(visitor_id, "visitor_id")
    await _take_turn(session, visitor)
    customer_id = await led(session, customer_id)
    await _lock(session, customer_id, actor)
    of_visitor = Touchpoint.visitor_id == visitor
    attached = select(
        func.count(),
        func.count().filter(
            Touchpoint.customer_id.is_distinct_from(customer_id), Touchpoint.customer_id.is_not(None)
        ),
    ).where(of_visitor)
    all_of_him, of_others = (await session.execute(attached)).one()
    if not all_of_him:
        raise VisitorNotFound
    if of_others:
        raise VisitorIdentified
    moved = await session.execute(
        update(Touchpoint)
        .where(of_visitor, Touchpoint.customer_id.is_(None))
        .values(customer_id=customer_id)
        .execution_options(synchronize_session=False)
    )
    return int(moved.rowcount)  # type: ignore[attr-defined]  # an update counts its rows


async def _take_turn(session: AsyncSession, visitor: str) -> None:
    """Of two who identify one visitor as different customers, the second finds him identified."""
    await session.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended("dangol.visitor:" + visitor, 0)))
    )


async def _lock(session: AsyncSession, customer_id: int, actor: Actor) -> None:
    seen = await session.scalar(
        select(Customer.id)
        .where(Customer.id == customer_id, Customer.erased_at.is_(None), customers.visible_to(actor))
        .with_for_update(read=True, key_share=True)
    )
    if seen is None:
        raise CustomerNotFound("customer_id")
