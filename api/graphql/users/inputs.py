"""What is told about users."""

from collections.abc import Sequence

import strawberry
from strawberry import Maybe

from api.graphql.enums import Role, Scope
from api.graphql.inputs import key

USUAL = (
    "Whose rows he sees. Null: the usual scope of his role, which is OWN for an agent and ALL for the others."
)


@strawberry.input(description="A new user.")
class CreateUserInput:
    subject: str = strawberry.field(description="Who his token says he is; it never changes.")
    name: str
    role: Role
    scope: Scope | None = strawberry.field(default=None, description=USUAL)
    email: str | None = None
    branch_ids: list[strawberry.ID] | None = None


@strawberry.input(description="A change of a user: what is absent is left as it is, null clears.")
class UpdateUserInput:
    id: strawberry.ID
    expected_version: int
    name: Maybe[str]
    email: Maybe[str | None]
    role: Maybe[Role]
    scope: Maybe[Scope | None] = strawberry.field(description=USUAL)
    branch_ids: Maybe[list[strawberry.ID] | None] = strawberry.field(description="Replaces all of them.")


@strawberry.input(description="A user who leaves.")
class DeactivateUserInput:
    id: strawberry.ID
    expected_version: int
    to_user_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Who takes his open work: customers, cases, opportunities and tasks. Needed where there is any.",
    )


@strawberry.input(description="A user who is back.")
class ReactivateUserInput:
    id: strawberry.ID
    expected_version: int


def branch_keys(given: Sequence[str] | None) -> frozenset[int]:
    """The keys of the branches. Raises Invalid for an id of another type."""
    return frozenset(key(each, "Branch", "branch_ids", place) for place, each in enumerate(given or ()))
