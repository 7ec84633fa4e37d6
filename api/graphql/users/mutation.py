"""Mutations of users. For administrators."""

import strawberry

from api.graphql.inputs import key, said
from api.graphql.users.inputs import (
    CreateUserInput,
    DeactivateUserInput,
    ReactivateUserInput,
    UpdateUserInput,
    branch_keys,
)
from api.graphql.users.types import User
from api.graphql.writes import Write, writes
from api.permissions import Action
from domain.errors import StaleVersion
from domain.tasks.errors import NobodyTakesIt
from domain.tasks.leaving import WorkLeft, user_leaves
from domain.users import changes
from domain.users.changes import UserDetails
from domain.users.errors import AlreadySo, LastAdmin, SubjectTaken
from domain.users.queries import users

_STALE = {"STALE_VERSION": StaleVersion}
_LEAVING = {
    **_STALE,
    "ALREADY_DEACTIVATED": AlreadySo,
    "LAST_ADMIN": LastAdmin,
    "NOBODY_TAKES_IT": NobodyTakesIt,
    "WORK_LEFT": WorkLeft,
}


@strawberry.type
class UserMutation:
    @writes(User, users, Action.CREATE, errors={"SUBJECT_TAKEN": SubjectTaken})
    async def create_user(write: Write, input: CreateUserInput) -> int:
        """Let somebody in who works here."""
        details = UserDetails(
            subject=input.subject,
            name=input.name,
            role=input.role,
            email=input.email,
            branch_ids=branch_keys(input.branch_ids),
        )
        return await changes.create_user(write.session, details, scope=input.scope)

    @writes(User, users, Action.UPDATE, errors={**_STALE, "LAST_ADMIN": LastAdmin})
    async def update_user(write: Write, input: UpdateUserInput) -> int:
        """Change a user's name, e-mail, role, scope or branches."""
        user_id = key(input.id, "User", "id")
        told: changes.UserChanges = said(input, branch_ids=branch_keys)
        if "branch_ids" in told:
            told["branch_ids"] = told["branch_ids"] or frozenset()
        await changes.update_user(
            write.session, user_id, changes=told, expected_version=input.expected_version
        )
        return user_id

    @writes(User, users, Action.UPDATE, errors=_LEAVING)
    async def deactivate_user(write: Write, input: DeactivateUserInput) -> int:
        """Let a user in no more; his open work goes to another."""
        user_id = key(input.id, "User", "id")
        to_user = None if input.to_user_id is None else key(input.to_user_id, "User", "to_user_id")
        await user_leaves(
            write.session,
            user_id,
            to_user=to_user,
            expected_version=input.expected_version,
            actor=write.actor,
        )
        return user_id

    @writes(User, users, Action.UPDATE, errors={**_STALE, "ALREADY_ACTIVE": AlreadySo})
    async def reactivate_user(write: Write, input: ReactivateUserInput) -> int:
        """Let a user in again who was deactivated."""
        user_id = key(input.id, "User", "id")
        await changes.reactivate_user(write.session, user_id, expected_version=input.expected_version)
        return user_id
