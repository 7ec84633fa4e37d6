"""Mutations of households."""

import strawberry

from api.graphql.households.inputs import (
    CreateHouseholdInput,
    JoinHouseholdInput,
    LeaveHouseholdInput,
    UpdateHouseholdInput,
    members,
)
from api.graphql.households.types import Household
from api.graphql.inputs import key, said
from api.graphql.writes import Write, writes
from api.permissions import Action
from domain.errors import StaleVersion
from domain.households import commands
from domain.households.commands import Joining
from domain.households.errors import AlreadyMember, NotAMember
from domain.households.queries import households

_STALE = {"STALE_VERSION": StaleVersion}


@strawberry.type
class HouseholdMutation:
    @writes(Household, households, Action.CREATE, errors={"ALREADY_MEMBER": AlreadyMember})
    async def create_household(write: Write, input: CreateHouseholdInput) -> int:
        """Found a household."""
        return await commands.create_household(
            write.session, input.name, members(input.members), actor=write.actor, now=write.now
        )

    @writes(Household, households, Action.UPDATE, errors=_STALE)
    async def update_household(write: Write, input: UpdateHouseholdInput) -> int:
        """Name a household anew."""
        household_id = key(input.id, "Household", "id")
        await commands.update_household(
            write.session,
            household_id,
            name=said(input).get("name"),
            expected_version=input.expected_version,
            actor=write.actor,
        )
        return household_id

    @writes(Household, households, Action.UPDATE, errors={**_STALE, "ALREADY_MEMBER": AlreadyMember})
    async def join_household(write: Write, input: JoinHouseholdInput) -> int:
        """A customer, who is in no household then, joins this one."""
        household_id = key(input.id, "Household", "id")
        await commands.join_household(
            write.session,
            household_id,
            Joining(key(input.customer_id, "Customer", "customer_id"), input.since_on),
            expected_version=input.expected_version,
            actor=write.actor,
            now=write.now,
        )
        return household_id

    @writes(Household, households, Action.UPDATE, errors={**_STALE, "NOT_A_MEMBER": NotAMember})
    async def leave_household(write: Write, input: LeaveHouseholdInput) -> int:
        """A customer leaves the household."""
        household_id = key(input.id, "Household", "id")
        await commands.leave_household(
            write.session,
            household_id,
            key(input.customer_id, "Customer", "customer_id"),
            until_on=input.until_on,
            expected_version=input.expected_version,
            actor=write.actor,
            now=write.now,
        )
        return household_id
