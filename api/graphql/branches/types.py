"""Branches as the API shows them."""

from datetime import date, datetime

import strawberry

from api.graphql.enums import BranchKind
from api.graphql.fields import reads
from api.graphql.filters import IdFilter, TextFilter
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.relay import Node
from domain.branches.queries import branches


@filters
class BranchFilter:
    id: IdFilter | None = where(branches.id)
    code: TextFilter | None = where(branches.code)
    name: TextFilter | None = where(branches.name)
    region: TextFilter | None = where(branches.region)


@reads(
    branches,
    filter=BranchFilter,
    order=ordering("Branch", CODE=branches.code, NAME=branches.name, ID=branches.id),
)
@strawberry.type
class Branch(Node):
    """A shop, the web shop, the call centre, a warehouse or an office."""

    code: str
    name: str
    region: str | None
    kind: BranchKind
    opened_on: date | None
    closed_on: date | None
    created_at: datetime
    updated_at: datetime
    version: int
