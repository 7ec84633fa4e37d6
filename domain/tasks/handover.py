"""A user's open work goes to another, as a whole."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows
from domain.access import Actor
from domain.cases import queries as cases
from domain.cases.model import Case
from domain.cases.states import WORKED_ON
from domain.customers import queries as customers
from domain.customers.model import Customer
from domain.messages import say
from domain.opportunities import queries as opportunities
from domain.opportunities.model import Opportunity
from domain.opportunities.stages import OPEN
from domain.tasks import queries as tasks
from domain.tasks.errors import NobodyTakesIt
from domain.tasks.model import Task
from domain.tasks.states import TO_DO
from domain.users.model import User
from domain.work.references import check_owner


@dataclass(frozen=True)
class Work:
    """How much somebody has to do: customers he owns, cases, opportunities and tasks of his that are open."""

    customers: int
    cases: int
    opportunities: int
    tasks: int

    @property
    def all(self) -> int:
        return self.customers + self.cases + self.opportunities + self.tasks


_CUSTOMERS, _CASES, _OPPORTUNITIES, _TASKS = (each.__table__ for each in (Customer, Case, Opportunity, Task))

_OPEN: tuple[tuple[Any, ColumnElement[bool]], ...] = (
    (_CUSTOMERS, true()),
    (_CASES, _CASES.c.state.in_(WORKED_ON)),
    (_OPPORTUNITIES, _OPPORTUNITIES.c.stage.in_(OPEN)),
    (_TASKS, _TASKS.c.state.in_(TO_DO)),
)
"""What is still to be done, in the order in which `Work` counts it."""

_SEEN = (customers.visible_to, cases.visible_to, opportunities.visible_to, tasks.visible_to)


async def open_work(session: AsyncSession, user_id: int) -> Work:
    """What the user has to do, whoever asks. One statement."""
    counts = [
        select(func.count()).select_from(table).where(table.c.owner_id == user_id, still).scalar_subquery()
        for table, still in _OPEN
    ]
    found = (await session.execute(select(*counts))).one()
    return Work(*found)


async def hand_over(session: AsyncSession, from_user: int, to_user: int, *, actor: Actor) -> Work:
    """The open work of one user that the actor sees is the other's, who is active; how much it was.

    Raises NobodyTakesIt, Invalid. Six statements, however much it is.
    """
    if from_user == to_user:
        raise NobodyTakesIt(say("the work is that user's already: name another"), "to_user_id")
    if not await rows.known(session, User.id, {from_user}):
        raise NobodyTakesIt(say("there is no such user"), "from_user_id")
    await check_owner(session, to_user, "to_user_id")
    moved = [
        await session.execute(
            update(table).where(table.c.owner_id == from_user, seen(actor), still).values(owner_id=to_user)
        )
        for (table, still), seen in zip(_OPEN, _SEEN, strict=True)
    ]
    return Work(*(each.rowcount for each in moved))  # type: ignore[attr-defined]  # an update counts its rows
