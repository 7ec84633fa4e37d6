"""Mutations of cases."""

from collections.abc import Sequence

import strawberry

from api.graphql.cases.inputs import (
    AssignCaseInput,
    CreateCaseInput,
    LinkCaseTouchpointsInput,
    MoveCaseInput,
    RateCaseInput,
    UnlinkCaseTouchpointsInput,
    UpdateCaseInput,
    assignment,
    details,
)
from api.graphql.cases.types import Case
from api.graphql.inputs import key, key_at, said
from api.graphql.writes import Write, writes
from api.permissions import Action
from domain.cases import commands, progress, touchpoints
from domain.cases.details import CaseDetails
from domain.cases.errors import AlreadyRated, MoveNotAllowed, NotSolved
from domain.cases.queries import cases
from domain.customers.errors import OutOfSight
from domain.errors import StaleVersion

_STALE = {"STALE_VERSION": StaleVersion}
_SIGHT = {"OUT_OF_SIGHT": OutOfSight}


def _touchpoint_ids(given: Sequence[strawberry.ID]) -> list[int]:
    return [key(each, "Touchpoint", "touchpoint_ids", place) for place, each in enumerate(given)]


@strawberry.type
class CaseMutation:
    @writes(Case, cases, Action.CREATE, errors=_SIGHT)
    async def create_case(write: Write, input: CreateCaseInput) -> int:
        """Open a case. It is NEW until somebody takes it up."""
        told: CaseDetails = {
            **details(input),
            "kind": input.kind,
            "channel": input.channel,
            "subject": input.subject,
        }
        other = said(input, owner_id=key_at("User", "owner_id"))
        return await commands.create_case(
            write.session,
            told,
            actor=write.actor,
            now=write.now,
            owner_id=other.get("owner_id"),
            opened_at=other.get("opened_at"),
        )

    @writes(Case, cases, Action.UPDATE, errors={**_STALE, **_SIGHT})
    async def update_case(write: Write, input: UpdateCaseInput) -> int:
        """Change a case: what is absent is left as it is, null clears."""
        case_id = key(input.id, "Case", "id")
        await commands.update_case(
            write.session,
            case_id,
            changes=details(input),
            expected_version=input.expected_version,
            actor=write.actor,
        )
        return case_id

    @writes(Case, cases, Action.UPDATE, errors=_STALE)
    async def assign_case(write: Write, input: AssignCaseInput) -> int:
        """Give a case to a user, a branch, or back to nobody. Whoever hands it over may lose it from sight."""
        case_id = key(input.id, "Case", "id")
        await commands.assign_case(
            write.session,
            case_id,
            assignment(input),
            expected_version=input.expected_version,
            actor=write.actor,
        )
        return case_id

    @writes(Case, cases, Action.UPDATE, errors={**_STALE, "MOVE_NOT_ALLOWED": MoveNotAllowed})
    async def move_case(write: Write, input: MoveCaseInput) -> int:
        """Bring a case into another state: each move is kept with its time. From SOLVED or CLOSED it is reopened."""
        case_id = key(input.id, "Case", "id")
        await progress.move_case(
            write.session,
            case_id,
            input.state,
            expected_version=input.expected_version,
            actor=write.actor,
            now=write.now,
            **said(input),
        )
        return case_id

    @writes(Case, cases, Action.UPDATE, errors=_STALE)
    async def link_case_touchpoints(write: Write, input: LinkCaseTouchpointsInput) -> int:
        """Say which touchpoints belong to a case; those that do already are left."""
        case_id = key(input.id, "Case", "id")
        await touchpoints.link_touchpoints(
            write.session,
            case_id,
            _touchpoint_ids(input.touchpoint_ids),
            expected_version=input.expected_version,
            actor=write.actor,
            now=write.now,
        )
        return case_id

    @writes(Case, cases, Action.UPDATE, errors=_STALE)
    async def unlink_case_touchpoints(write: Write, input: UnlinkCaseTouchpointsInput) -> int:
        """Take back which touchpoints belong to a case; those that do not are left."""
        case_id = key(input.id, "Case", "id")
        await touchpoints.unlink_touchpoints(
            write.session,
            case_id,
            _touchpoint_ids(input.touchpoint_ids),
            expected_version=input.expected_version,
            actor=write.actor,
        )
        return case_id

    @writes(
        Case,
        cases,
        Action.UPDATE,
        errors={**_STALE, "NOT_SOLVED": NotSolved, "ALREADY_RATED": AlreadyRated},
    )
    async def rate_case(write: Write, input: RateCaseInput) -> int:
        """Keep how satisfied the customer is with the solution. It is told once, also when the case is reopened."""
        case_id = key(input.id, "Case", "id")
        await progress.rate_case(
            write.session,
            case_id,
            input.satisfaction,
            expected_version=input.expected_version,
            actor=write.actor,
            now=write.now,
            **said(input),
        )
        return case_id
