"""What is told about cases that are opened, changed and moved on."""

from datetime import datetime

import strawberry
from strawberry import Maybe

from api.graphql.enums import CaseKind, CaseState, Channel, Priority
from api.graphql.inputs import key_at, said
from domain.cases.details import CaseDetails
from domain.work.assignment import Assignment


@strawberry.input
class CaseInput:
    """What may be told when a case is opened and when it is changed."""

    description: Maybe[str | None]
    topic: Maybe[str | None]
    priority: Maybe[Priority | None] = strawberry.field(description="NORMAL, unless another is given.")
    customer_id: Maybe[strawberry.ID | None]
    branch_id: Maybe[strawberry.ID | None]
    due_at: Maybe[datetime | None] = strawberry.field(description="By when it should be solved.")


@strawberry.input(description="A new case.")
class CreateCaseInput(CaseInput):
    kind: CaseKind
    channel: Channel = strawberry.field(description="On which it came.")
    subject: str
    owner_id: Maybe[strawberry.ID | None]
    opened_at: Maybe[datetime | None] = strawberry.field(
        description="When it came, if that was before now: its times count from then."
    )


@strawberry.input(description="A change of a case: what is absent is left as it is, null clears.")
class UpdateCaseInput(CaseInput):
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    kind: Maybe[CaseKind | None]
    channel: Maybe[Channel | None]
    subject: Maybe[str | None]


@strawberry.input(
    description="Who is to solve the case: what is absent is left as it is, null takes it away."
)
class AssignCaseInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    owner_id: Maybe[strawberry.ID | None]
    branch_id: Maybe[strawberry.ID | None]


@strawberry.input(description="A case comes into another state.")
class MoveCaseInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    state: CaseState
    reason: Maybe[str | None]


@strawberry.input(description="Touchpoints of a case: of its customer, or of somebody not yet known.")
class LinkCaseTouchpointsInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    touchpoint_ids: list[strawberry.ID] = strawberry.field(description="1 to 100.")


@strawberry.input(description="Touchpoints that were linked to a case by mistake.")
class UnlinkCaseTouchpointsInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    touchpoint_ids: list[strawberry.ID] = strawberry.field(description="1 to 100.")


@strawberry.input(description="What the customer says of the solution.")
class RateCaseInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    satisfaction: int = strawberry.field(description="1 to 5.")
    comment: Maybe[str | None]


def details(input: CaseInput) -> CaseDetails:
    """The details for the domain. Raises Invalid for an id of another type."""
    found = said(
        input,
        customer_id=key_at("Customer", "customer_id"),
        branch_id=key_at("Branch", "branch_id"),
    )
    told: CaseDetails = {key: value for key, value in found.items() if key in CaseDetails.__annotations__}  # type: ignore[assignment]  # its own keys
    return told


def assignment(input: object) -> Assignment:
    """The owner and the branch that the input names. Raises Invalid for an id of another type."""
    found: Assignment = said(
        input, owner_id=key_at("User", "owner_id"), branch_id=key_at("Branch", "branch_id")
    )
    return found
