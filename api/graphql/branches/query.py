"""Root fields of branches."""

import strawberry

from api.graphql.branches.types import Branch
from api.graphql.relay import Connection
from api.graphql.roots import all_of
from domain.branches.queries import branches


@strawberry.type
class BranchQuery:
    branches: Connection[Branch] = all_of(branches)
