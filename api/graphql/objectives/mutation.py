"""Mutations of objectives."""

from datetime import date

import strawberry
from strawberry import Maybe

from api.graphql.enums import ObjectiveState
from api.graphql.inputs import key, key_at, said
from api.graphql.objectives.types import Objective
from api.graphql.writes import Write, writes
from api.permissions import Action
from domain.errors import StaleVersion
from domain.objectives import commands
from domain.objectives.details import ObjectiveDetails
from domain.objectives.errors import ObjectiveCircle, ObjectiveClosed, ObjectivesTooDeep
from domain.objectives.queries import objectives

_CHANGES = {"STALE_VERSION": StaleVersion, "OBJECTIVE_CLOSED": ObjectiveClosed}
_TREE = {"TREE_TOO_DEEP": ObjectivesTooDeep}


@strawberry.input
class ObjectiveInput:
    """What may be told when an objective is created and when it is changed."""

    parent_id: Maybe[strawberry.ID | None] = strawberry.field(
        description="Without one it stands at the top; what lies below it moves with it."
    )
    owner_id: Maybe[strawberry.ID | None]
    starts_on: Maybe[date | None]
    ends_on: Maybe[date | None] = strawberry.field(description="The first day that is not part of it.")


@strawberry.input(description="A new objective.")
class CreateObjectiveInput(ObjectiveInput):
    statement: str


@strawberry.input(description="A change of an objective: what is absent is left as it is, null clears.")
class UpdateObjectiveInput(ObjectiveInput):
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    statement: Maybe[str | None]


@strawberry.input(description="An objective that is reached, missed or dropped.")
class CloseObjectiveInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    state: ObjectiveState = strawberry.field(description="REACHED, MISSED or DROPPED.")
    conclusion: Maybe[str | None] = strawberry.field(description="What was learnt.")


def _details(input: ObjectiveInput) -> ObjectiveDetails:
    found: ObjectiveDetails = said(
        input, parent_id=key_at("Objective", "parent_id"), owner_id=key_at("User", "owner_id")
    )
    return found


@strawberry.type
class ObjectiveMutation:
    @writes(Objective, objectives, Action.CREATE, errors=_TREE)
    async def create_objective(write: Write, input: CreateObjectiveInput) -> int:
        """Set an objective."""
        told: ObjectiveDetails = {**_details(input), "statement": input.statement}
        return await commands.create_objective(write.session, told)

    @writes(Objective, objectives, Action.UPDATE, errors={**_CHANGES, **_TREE, "CIRCLE": ObjectiveCircle})
    async def update_objective(write: Write, input: UpdateObjectiveInput) -> int:
        """Change an objective that is open: what is absent is left as it is, null clears."""
        objective_id = key(input.id, "Objective", "id")
        await commands.update_objective(
            write.session, objective_id, changes=_details(input), expected_version=input.expected_version
        )
        return objective_id

    @writes(Objective, objectives, Action.UPDATE, errors=_CHANGES)
    async def close_objective(write: Write, input: CloseObjectiveInput) -> int:
        """Say how an objective ended. It is not changed any more; what lies below it stays as it is."""
        objective_id = key(input.id, "Objective", "id")
        await commands.close_objective(
            write.session,
            objective_id,
            input.state,
            expected_version=input.expected_version,
            now=write.now,
            **said(input),
        )
        return objective_id
