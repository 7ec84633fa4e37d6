"""Which touchpoints belong to a case."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows
from domain.access import Actor
from domain.cases.commands import locked
from domain.cases.model import CaseTouchpoint
from domain.errors import Invalid
from domain.messages import say
from domain.touchpoints import queries as touchpoints
from domain.touchpoints.model import Touchpoint

MOST = 100


async def link_touchpoints(
    session: AsyncSession,
    case_id: int,
    touchpoint_ids: Sequence[int],
    *,
    expected_version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """The touchpoints belong to the case; those that did already are left. They are of its customer, or of nobody yet.

    Raises CaseNotFound, StaleVersion, Invalid with the place of the first touchpoint that may not be linked. Three
    statements.
    """
    _check_number(touchpoint_ids)
    case = await locked(session, case_id, expected_version=expected_version, actor=actor)
    meant = or_(Touchpoint.customer_id.is_(None), Touchpoint.customer_id == case.customer_id)
    known = await rows.known(
        session, Touchpoint.id, set(touchpoint_ids), meant, touchpoints.visible_to(actor)
    )
    for place, key in enumerate(touchpoint_ids):
        if key not in known:
            raise Invalid(say("there is no such touchpoint of the case's customer"), "touchpoint_ids", place)
    links = [{"case_id": case_id, "touchpoint_id": key, "linked_at": now} for key in sorted(known)]
    await session.execute(insert(CaseTouchpoint).values(links).on_conflict_do_nothing())


async def unlink_touchpoints(
    session: AsyncSession, case_id: int, touchpoint_ids: Sequence[int], *, expected_version: int, actor: Actor
) -> None:
    """The touchpoints, linked by mistake, do not belong to the case; those that did not are left.

    Raises CaseNotFound, StaleVersion, Invalid. Two statements.
    """
    _check_number(touchpoint_ids)
    await locked(session, case_id, expected_version=expected_version, actor=actor)
    await session.execute(
        delete(CaseTouchpoint).where(
            CaseTouchpoint.case_id == case_id, rows.among(CaseTouchpoint.touchpoint_id, touchpoint_ids)
        )
    )


def _check_number(given: Sequence[int]) -> None:
    if not 1 <= len(given) <= MOST:
        raise Invalid(
            say("{given} touchpoints are given; allowed: 1 to {most}", given=len(given), most=MOST),
            "touchpoint_ids",
        )
