"""What is told about households."""

from datetime import date

import strawberry
from strawberry import Maybe

from api.graphql.inputs import key
from domain.households.commands import Joining


@strawberry.input(description="A customer who is in the household.")
class HouseholdMemberInput:
    customer_id: strawberry.ID
    since_on: date = strawberry.field(description="The first day; it may lie in the past.")


@strawberry.input(description="A new household.")
class CreateHouseholdInput:
    name: str
    members: list[HouseholdMemberInput] = strawberry.field(description="At least one.")


@strawberry.input(description="A change of a household: what is absent is left as it is.")
class UpdateHouseholdInput:
    id: strawberry.ID
    expected_version: int
    name: Maybe[str]


@strawberry.input(description="A customer joins the household.")
class JoinHouseholdInput:
    id: strawberry.ID = strawberry.field(description="The household's.")
    expected_version: int
    customer_id: strawberry.ID
    since_on: date = strawberry.field(description="The first day; it may lie in the past.")


@strawberry.input(description="A customer leaves the household.")
class LeaveHouseholdInput:
    id: strawberry.ID = strawberry.field(description="The household's.")
    expected_version: int
    customer_id: strawberry.ID
    until_on: date = strawberry.field(
        description="The first day on which it is no longer in the household; on the day of joining: it never was."
    )


def members(given: list[HouseholdMemberInput]) -> list[Joining]:
    """The members for the domain. Raises Invalid for an id of another type."""
    return [
        Joining(key(each.customer_id, "Customer", "members", place, "customer_id"), each.since_on)
        for place, each in enumerate(given)
    ]
