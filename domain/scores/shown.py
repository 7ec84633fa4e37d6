"""By which scheme the company is told its customers: in the cube's months, in a customer's RFM cell."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain import text
from domain.company.model import Company
from domain.queue import JobKind, enqueue
from domain.scores.model import RfmRun
from domain.scores.schemes import company_day, scheme_on

SCORE = JobKind("score_customers", key="score_customers")
"""Every customer is scored by every scheme that stands (api/scoring.py)."""


async def shown_scheme(session: AsyncSession) -> str:
    """The name of the company's scheme. One statement."""
    found: str | None = await session.scalar(select(Company.rfm_scheme))
    assert found is not None, "the company's row is always there"
    return found


async def choose_scheme(session: AsyncSession, name: str, *, now: datetime) -> int:
    """The company's scheme is that of this name; the key of its row that stands today. Said again, nothing changes.

    Where nobody was ever scored by it, the work is put into the queue: until it is done nobody has a cell. Raises
    SchemeNotFound, Invalid. Up to five statements.
    """
    wanted = text.name(name, "name", limit=60)
    scheme = await scheme_on(session, wanted, await company_day(session, now), at="name")
    await session.execute(
        update(Company).where(Company.rfm_scheme != scheme.name).values(rfm_scheme=scheme.name)
    )
    if await session.get(RfmRun, scheme.name) is None:
        await enqueue(session, SCORE)
    return scheme.id
