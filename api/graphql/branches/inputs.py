"""What is told about branches."""

from datetime import date

import strawberry
from strawberry import Maybe

from api.graphql.enums import BranchKind


@strawberry.input(description="A new branch.")
class CreateBranchInput:
    code: str = strawberry.field(description="Its key in every system; it never changes.")
    name: str
    kind: BranchKind
    region: str | None = None
    opened_on: date | None = None


@strawberry.input(description="A change of a branch: what is absent is left as it is, null clears.")
class UpdateBranchInput:
    id: strawberry.ID
    expected_version: int
    name: Maybe[str]
    kind: Maybe[BranchKind]
    region: Maybe[str | None]
    opened_on: Maybe[date | None]


@strawberry.input(description="A branch that closes.")
class CloseBranchInput:
    id: strawberry.ID
    expected_version: int
    closed_on: date = strawberry.field(description="The first day on which it is not open; it may lie ahead.")


@strawberry.input(description="A branch that is open again.")
class ReopenBranchInput:
    id: strawberry.ID
    expected_version: int
