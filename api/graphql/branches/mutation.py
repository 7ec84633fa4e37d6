"""Mutations of branches. For administrators."""

import strawberry

from api.graphql.branches.inputs import (
    CloseBranchInput,
    CreateBranchInput,
    ReopenBranchInput,
    UpdateBranchInput,
)
from api.graphql.branches.types import Branch
from api.graphql.inputs import key, said
from api.graphql.writes import Write, writes
from api.permissions import Action
from domain.branches import changes
from domain.branches.changes import BranchDetails
from domain.branches.errors import BranchClosed, BranchCodeTaken
from domain.branches.queries import branches
from domain.errors import StaleVersion

_STALE = {"STALE_VERSION": StaleVersion}


@strawberry.type
class BranchMutation:
    @writes(Branch, branches, Action.CREATE, errors={"CODE_TAKEN": BranchCodeTaken})
    async def create_branch(write: Write, input: CreateBranchInput) -> int:
        """Open a branch."""
        details = BranchDetails(
            code=input.code,
            name=input.name,
            kind=input.kind,
            region=input.region,
            opened_on=input.opened_on,
        )
        return await changes.create_branch(write.session, details)

    @writes(Branch, branches, Action.UPDATE, errors=_STALE)
    async def update_branch(write: Write, input: UpdateBranchInput) -> int:
        """Describe a branch anew."""
        branch_id = key(input.id, "Branch", "id")
        await changes.update_branch(
            write.session, branch_id, changes=said(input), expected_version=input.expected_version
        )
        return branch_id

    @writes(Branch, branches, Action.UPDATE, errors={**_STALE, "ALREADY_CLOSED": BranchClosed})
    async def close_branch(write: Write, input: CloseBranchInput) -> int:
        """Close a branch; what happened there stays."""
        branch_id = key(input.id, "Branch", "id")
        await changes.close_branch(
            write.session,
            branch_id,
            closed_on=input.closed_on,
            expected_version=input.expected_version,
        )
        return branch_id

    @writes(Branch, branches, Action.UPDATE, errors={**_STALE, "NOT_CLOSED": BranchClosed})
    async def reopen_branch(write: Write, input: ReopenBranchInput) -> int:
        """Open a branch again that was closed."""
        branch_id = key(input.id, "Branch", "id")
        await changes.reopen_branch(write.session, branch_id, expected_version=input.expected_version)
        return branch_id
