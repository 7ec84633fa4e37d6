"""Mutations of targets."""

from datetime import date
from decimal import Decimal
from functools import partial

import strawberry
from strawberry import Maybe

from api.graphql.inputs import key, key_at, said
from api.graphql.objectives.cells import checked_cube, checked_cut
from api.graphql.objectives.types import Target
from api.graphql.writes import Write, writes
from api.permissions import Action
from domain.errors import StaleVersion
from domain.objectives import targets as commands
from domain.objectives.details import TargetDetails
from domain.objectives.errors import ObjectiveClosed, TargetWithdrawn
from domain.objectives.queries import targets
from domain.segments.queries import segment_names

_CLOSED = {"OBJECTIVE_CLOSED": ObjectiveClosed}
_CHANGES = {"STALE_VERSION": StaleVersion, "TARGET_WITHDRAWN": TargetWithdrawn}


@strawberry.input
class TargetInput:
    """What may be told when a target is set and when it is changed."""

    objective_id: Maybe[strawberry.ID | None] = strawberry.field(
        description="The open objective it belongs to."
    )
    cut: Maybe[str | None] = strawberry.field(
        description='The cell as the Slicer writes it, e.g. "branch:S01|channel:WEB"; the whole cube without one.'
    )
    owner_id: Maybe[strawberry.ID | None]


@strawberry.input(description="A new target.")
class CreateTargetInput(TargetInput):
    cube: str
    aggregate: str = strawberry.field(description="The metric: an aggregate of the cube.")
    period_from: date
    period_to: date = strawberry.field(description="The first day that is not part of it.")
    value: Decimal = strawberry.field(description="What it is planned to be, at most 4 decimals.")


@strawberry.input(
    description="A change of a target: what is absent is left as it is, null clears. Another cell or metric is another "
    "target: withdraw this one."
)
class UpdateTargetInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    objective_id: Maybe[strawberry.ID | None] = strawberry.field(
        description="The open objective it belongs to."
    )
    owner_id: Maybe[strawberry.ID | None]
    period_from: Maybe[date | None]
    period_to: Maybe[date | None]
    value: Maybe[Decimal | None]


@strawberry.input(description="A target that is planned no more.")
class WithdrawTargetInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")


def _details(input: TargetInput | UpdateTargetInput) -> TargetDetails:
    found: TargetDetails = said(
        input, objective_id=key_at("Objective", "objective_id"), owner_id=key_at("User", "owner_id")
    )
    return found


@strawberry.type
class TargetMutation:
    @writes(Target, targets, Action.CREATE, errors=_CLOSED)
    async def create_target(write: Write, input: CreateTargetInput) -> int:
        """Plan what an aggregate of a cube is to be, in one cell and period."""
        checked_cube(input.cube, input.aggregate)
        told = _details(input)
        whole: TargetDetails = {
            **told,
            "cube": input.cube,
            "aggregate": input.aggregate,
            "cut": await checked_cut(
                input.cube, told.get("cut") or "", partial(segment_names, write.session)
            ),
            "period_from": input.period_from,
            "period_to": input.period_to,
            "value": input.value,
        }
        return await commands.create_target(write.session, whole)

    @writes(Target, targets, Action.UPDATE, errors={**_CHANGES, **_CLOSED})
    async def update_target(write: Write, input: UpdateTargetInput) -> int:
        """Change a target: what is absent is left as it is, null clears."""
        target_id = key(input.id, "Target", "id")
        await commands.update_target(
            write.session, target_id, changes=_details(input), expected_version=input.expected_version
        )
        return target_id

    @writes(Target, targets, Action.UPDATE, errors=_CHANGES)
    async def withdraw_target(write: Write, input: WithdrawTargetInput) -> int:
        """Plan a target no more; it stays known, and is not changed any more."""
        target_id = key(input.id, "Target", "id")
        await commands.withdraw_target(
            write.session, target_id, expected_version=input.expected_version, now=write.now
        )
        return target_id
