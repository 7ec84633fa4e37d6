"""Which day scores and stages are told of by themselves: the company's last whole one, from the second hour of its
night on."""

from datetime import date, datetime, timedelta

from sqlalchemy import Date, exists, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.customers.history_model import LifecycleRun
from domain.customers.lifecycle import refresh_lifecycle
from domain.scores.lifetimes import Telling, last_tellings
from domain.scores.schemes import company_day, schemes_on
from domain.scores.writing import scored_until

LATE = timedelta(hours=2)
"""What is booked late in the evening is in the store by then."""


async def day_to_tell(session: AsyncSession, now: datetime) -> date:
    """The last day of which scores are due by now, by the company's clock. One statement."""
    return await company_day(session, now - LATE) - timedelta(days=1)


async def scores_due(session: AsyncSession, now: datetime) -> bool:
    """Whether a scheme of RFM that stands has not told that day. Three statements."""
    day = await day_to_tell(session, now)
    until = await scored_until(session)
    return any(until.get(each.name, date.min) < day for each in await schemes_on(session, day))


async def lifetimes_due(session: AsyncSession, now: datetime) -> list[Telling]:
    """What is to be told of that day: what was told last in each currency, on the same terms. Two statements."""
    day = await day_to_tell(session, now)
    return [each for each in await last_tellings(session) if each.scored_on < day]


async def refresh_stages_nightly(session: AsyncSession, now: datetime) -> int | None:
    """Every customer is in the stage that the rules tell, once a night; how many have moved, None where it was done.

    Three statements, the last of them for bulk work.
    """
    day = await day_to_tell(session, now)
    later = exists().where(LifecycleRun.told_on >= day)
    noted = insert(LifecycleRun).from_select(["told_on"], select(literal(day, Date())).where(~later))
    # Two at once wait for each other: the day is there for the second one.
    done = await session.scalar(noted.on_conflict_do_nothing().returning(LifecycleRun.told_on))
    return None if done is None else await refresh_lifecycle(session, now=now)
