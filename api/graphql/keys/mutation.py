"""Mutations of machine keys. For administrators who see all rows."""

import strawberry

from api.graphql.inputs import key
from api.graphql.keys.inputs import (
    CreateMachineKeyInput,
    RevokeMachineKeyInput,
    RotateMachineKeyInput,
    details,
)
from api.graphql.keys.issuing import issues
from api.graphql.keys.types import MachineKey
from api.graphql.writes import Write, writes
from api.permissions import Action
from domain.errors import StaleVersion
from domain.keys import commands
from domain.keys.commands import Issued
from domain.keys.errors import KeyRevoked, NotForBranches
from domain.keys.queries import machine_keys

_ERRORS = {"OUT_OF_SIGHT": NotForBranches}
_CHANGE_ERRORS = {**_ERRORS, "KEY_REVOKED": KeyRevoked, "STALE_VERSION": StaleVersion}


@strawberry.type
class MachineKeyMutation:
    @issues(Action.CREATE, errors=_ERRORS)
    async def create_machine_key(write: Write, input: CreateMachineKeyInput) -> Issued:
        """Create a machine key. Its secret is in the payload, this once."""
        return await commands.create_machine_key(
            write.session, details(input), actor=write.actor, now=write.now
        )

    @issues(Action.UPDATE, errors=_CHANGE_ERRORS)
    async def rotate_machine_key(write: Write, input: RotateMachineKeyInput) -> Issued:
        """Give a machine key a new secret; the one before it stays good for a while, any older one does not."""
        return await commands.rotate_machine_key(
            write.session,
            key(input.id, "MachineKey", "id"),
            expected_version=input.expected_version,
            overlap=input.overlap,
            actor=write.actor,
            now=write.now,
        )

    @writes(MachineKey, machine_keys, Action.UPDATE, errors=_CHANGE_ERRORS)
    async def revoke_machine_key(write: Write, input: RevokeMachineKeyInput) -> int:
        """Revoke a machine key for good. Processes that know it let it in for ten seconds more at most."""
        key_id = key(input.id, "MachineKey", "id")
        await commands.revoke_machine_key(
            write.session,
            key_id,
            expected_version=input.expected_version,
            actor=write.actor,
            now=write.now,
        )
        return key_id
