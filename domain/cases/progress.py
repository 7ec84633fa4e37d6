"""How a case goes on: from state to state, and what the customer thought of the end."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from domain import text
from domain.access import Actor
from domain.cases.commands import locked, note_move
from domain.cases.details import reason as checked_reason
from domain.cases.errors import AlreadyRated, NotSolved
from domain.cases.model import Case, CaseState
from domain.cases.states import WORKED_ON, check_move
from domain.errors import Invalid
from domain.messages import say


async def move_case(
    session: AsyncSession,
    case_id: int,
    state: CaseState,
    *,
    expected_version: int,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
) -> None:
    """The case has come into the state at `now`, which its history keeps. Reopened, it is not solved any more.

    Raises CaseNotFound, StaleVersion, MoveNotAllowed, Invalid. Three statements.
    """
    case = await locked(session, case_id, expected_version=expected_version, actor=actor)
    check_move(CaseState(case.state), state)
    told = checked_reason(reason)
    await session.execute(update(Case).where(Case.id == case_id).values(state=state, **_ends(state, now=now)))
    await note_move(session, case_id, CaseState(case.state), state, actor=actor, now=now, reason=told)


def _ends(state: CaseState, *, now: datetime) -> dict[str, Any]:
    if state in WORKED_ON:
        return {"solved_at": None, "closed_at": None}
    return {"solved_at" if state is CaseState.SOLVED else "closed_at": now}


async def rate_case(
    session: AsyncSession,
    case_id: int,
    satisfaction: int,
    *,
    expected_version: int,
    actor: Actor,
    now: datetime,
    comment: str | None = None,
) -> None:
    """The customer's satisfaction with the solution is kept: 1 to 5, told once.

    Raises CaseNotFound, StaleVersion, NotSolved, AlreadyRated, Invalid. Two statements.
    """
    if not 1 <= satisfaction <= 5:
        raise Invalid(say("satisfaction is {given}; allowed: 1 to 5", given=satisfaction), "satisfaction")
    case = await locked(session, case_id, expected_version=expected_version, actor=actor)
    if case.rated_at is not None:
        raise AlreadyRated(case_id, rated_at=case.rated_at)
    if case.solved_at is None:
        raise NotSolved(CaseState(case.state))
    columns = {
        "satisfaction": satisfaction,
        "satisfaction_comment": None
        if comment is None
        else text.prose(comment, "comment", limit=2_000, clearable=True),
        "rated_at": now,
    }
    await session.execute(update(Case).where(Case.id == case_id).values(columns))
