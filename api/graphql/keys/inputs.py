"""What is told about a machine key that is created, rotated or revoked."""

from datetime import datetime, timedelta

import strawberry

from api.graphql.enums import ApiScope, MachineRole, MachineScope
from api.graphql.inputs import key
from domain.keys.commands import KeyDetails


@strawberry.input(description="A new machine key.")
class CreateMachineKeyInput:
    name: str
    role: MachineRole = MachineRole.INTEGRATION
    scope: MachineScope = MachineScope.ALL
    branch_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="For the scope BRANCH: whose rows it sees."
    )
    api_scopes: list[ApiScope] = strawberry.field(
        default_factory=lambda: [ApiScope.READ, ApiScope.WRITE], description="What it may be used for."
    )
    trusted_only: bool = False
    expires_at: datetime | None = strawberry.field(default=None, description="Never, if nothing is said.")


@strawberry.input(description="A new secret for a machine key.")
class RotateMachineKeyInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    overlap_minutes: int = strawberry.field(
        default=24 * 60, description="How long the secret before it stays good; 0 ends it at once."
    )

    @property
    def overlap(self) -> timedelta:
        return timedelta(minutes=self.overlap_minutes)


@strawberry.input(description="The end of a machine key.")
class RevokeMachineKeyInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")


def details(input: CreateMachineKeyInput) -> KeyDetails:
    """The details for the domain. Raises Invalid for an id of another type."""
    return KeyDetails(
        name=input.name,
        role=input.role,
        scope=input.scope,
        branch_ids=frozenset(
            key(each, "Branch", "branch_ids", at) for at, each in enumerate(input.branch_ids)
        ),
        api_scopes=frozenset(input.api_scopes),
        trusted_only=input.trusted_only,
        expires_at=input.expires_at,
    )
