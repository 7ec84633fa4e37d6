"""Changes of cases: opening, changing and assigning them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Actor
from domain.cases.details import NEEDED, CaseDetails, checked
from domain.cases.errors import CaseNotFound
from domain.cases.model import Case, CaseMove, CaseState, CaseTouchpoint
from domain.cases.queries import visible_to
from domain.customers.redirects import of_kept
from domain.errors import Invalid, StaleVersion
from domain.messages import say
from domain.touchpoints.model import Touchpoint
from domain.work.assignment import Assignment
from domain.work.priorities import Priority
from domain.work.references import check_references, defaults
from domain.work.sight import check_sight


async def create_case(
    session: AsyncSession,
    details: CaseDetails,
    *,
    actor: Actor,
    now: datetime,
    owner_id: int | None = None,
    opened_at: datetime | None = None,
) -> int:
    """A new case with these details is here; its key. It was opened at `now`, or before if `opened_at` says so.

    Without a word on it, an actor of scope OWN becomes the owner and one of one branch gives the branch. Raises
    Invalid, CustomerNotFound, OutOfSight (the actor would not see it). At most seven statements.
    """
    given = await of_kept(session, checked({"priority": Priority.NORMAL, **details}))
    for key in NEEDED:
        if key not in given:
            raise Invalid(say("{key} is missing: every case has one", key=key), key)
    owned = {} if owner_id is None else {"owner_id": owner_id}
    columns = {**defaults(actor), **given, **owned}
    await check_references(session, columns, actor=actor)
    opened = now if opened_at is None else min(opened_at, now)
    made: int | None = await session.scalar(
        insert(Case).values(**columns, opened_at=opened).returning(Case.id)
    )
    assert made is not None, "an insert that does not fail returns its row"
    await note_move(session, made, None, CaseState.NEW, actor=actor, now=opened)
    await check_sight(session, Case.__table__, made, actor=actor)
    return made


async def update_case(
    session: AsyncSession, case_id: int, *, changes: CaseDetails, expected_version: int, actor: Actor
) -> None:
    """The case stands as changed: absent = left, None = cleared.

    Raises CaseNotFound, StaleVersion, Invalid, CustomerNotFound, OutOfSight. At most seven statements.
    """
    await locked(session, case_id, expected_version=expected_version, actor=actor)
    columns = await of_kept(session, checked(changes))
    await check_references(session, columns, actor=actor)
    await _check_customer(session, case_id, columns)
    if columns:
        await session.execute(update(Case).where(Case.id == case_id).values(columns))
    await check_sight(session, Case.__table__, case_id, actor=actor)


async def _check_customer(session: AsyncSession, case_id: int, columns: Mapping[str, Any]) -> None:
    """Its touchpoints belong to its customer, or to nobody yet."""
    if "customer_id" not in columns:
        return
    other = await session.scalar(
        select(Touchpoint.id)
        .join(CaseTouchpoint, CaseTouchpoint.touchpoint_id == Touchpoint.id)
        .where(
            CaseTouchpoint.case_id == case_id,
            Touchpoint.customer_id.is_not(None),
            Touchpoint.customer_id.is_distinct_from(columns["customer_id"]),
        )
        .limit(1)
    )
    if other is not None:
        raise Invalid(say("touchpoints of another customer are linked to the case"), "customer_id")


async def assign_case(
    session: AsyncSession, case_id: int, assignment: Assignment, *, expected_version: int, actor: Actor
) -> None:
    """The case is this user's and this branch's. Whoever hands it over may lose it from sight.

    Raises CaseNotFound, StaleVersion, Invalid. At most four statements.
    """
    await locked(session, case_id, expected_version=expected_version, actor=actor)
    await check_references(session, assignment, actor=actor)
    if assignment:
        await session.execute(update(Case).where(Case.id == case_id).values(assignment))


async def locked(session: AsyncSession, case_id: int, *, expected_version: int, actor: Actor) -> Row[Any]:
    """The case, locked against change. Raises CaseNotFound, StaleVersion. One statement."""
    found = (
        await session.execute(
            select(Case.__table__)
            .where(Case.id == case_id, visible_to(actor))
            .with_for_update(key_share=True)
        )
    ).one_or_none()
    if found is None:
        raise CaseNotFound("id")
    if found.version != expected_version:
        raise StaleVersion("case", case_id, expected=expected_version, current=found.version)
    return found


async def note_move(
    session: AsyncSession,
    case_id: int,
    from_state: CaseState | None,
    to_state: CaseState,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
) -> None:
    """The history holds the move. One statement."""
    await session.execute(
        insert(CaseMove).values(
            case_id=case_id,
            from_state=from_state,
            to_state=to_state,
            moved_at=now,
            moved_by_id=actor.user_id,
            reason=reason,
        )
    )
