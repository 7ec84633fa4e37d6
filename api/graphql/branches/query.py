"""Root fields of branches."""

import strawberry

from api.graphql.branches.types import Branch, BranchKey
from api.graphql.relay import Connection
from api.graphql.roots import all_of, by_id, by_key
from domain.branches.queries import branches


@strawberry.type
class BranchQuery:
    branch: Branch | None = by_id(branches)
    branch_by: Branch | None = by_key(branches, BranchKey)
    branches: Connection[Branch] = all_of(branches)
