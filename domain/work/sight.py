"""Who sees a piece of work: a row with `customer_id`, `branch_id` and `owner_id`.

Scope ALL sees all, OWN what it owns and what belongs to its customers, BRANCH besides what belongs to its branches and
to customers it sees. Its owner always sees it: nobody works on what he may not see.
"""

from sqlalchemy import ColumnElement, FromClause, any_, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Actor, branches_of, user_of
from domain.customers.errors import OutOfSight
from domain.customers.queries import visible_customer
from domain.messages import say
from domain.roles import Scope


def visible_work(actor: Actor, work: FromClause) -> ColumnElement[bool]:
    """The rows that the actor may see, as a condition on the table or on an alias of it."""
    if actor.scope is Scope.ALL:
        return true()
    owned = work.c.owner_id == user_of(actor)
    of_customer = visible_customer(actor, work.c.customer_id)
    match actor.scope:
        case Scope.BRANCH:
            return or_(owned, work.c.branch_id == any_(branches_of(actor)), of_customer)
        case Scope.OWN:
            return or_(owned, of_customer)


async def check_sight(session: AsyncSession, work: FromClause, key: int, *, actor: Actor) -> None:
    """The actor sees the row that he has written. Raises OutOfSight. One statement; none for scope ALL."""
    if actor.scope is Scope.ALL:
        return
    if await session.scalar(select(work.c.id).where(work.c.id == key, visible_work(actor, work))) is None:
        raise OutOfSight(
            say("you would not see it: own it yourself, or name one of your branches or of your customers")
        )
