"""Machine keys as the API shows them: never their secrets."""

from datetime import datetime

import strawberry

from api.graphql.branches.types import Branch
from api.graphql.enums import ApiScope, MachineRole, MachineScope
from api.graphql.fields import column, reads, relation
from api.graphql.filters import DateTimeFilter, TextFilter
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.relay import Connection, Node
from domain.keys.queries import machine_keys


@filters
class MachineKeyFilter:
    name: TextFilter | None = where(machine_keys.name)
    public_id: TextFilter | None = where(machine_keys.public_id)
    expires_at: DateTimeFilter | None = where(machine_keys.expires_at)
    revoked_at: DateTimeFilter | None = where(machine_keys.revoked_at)
    created_at: DateTimeFilter | None = where(machine_keys.created_at)
    updated_at: DateTimeFilter | None = where(machine_keys.updated_at)


@reads(
    machine_keys,
    filter=MachineKeyFilter,
    order=ordering(
        "MachineKey",
        NAME=machine_keys.name,
        CREATED_AT=machine_keys.created_at,
        UPDATED_AT=machine_keys.updated_at,
        ID=machine_keys.id,
    ),
)
@strawberry.type
class MachineKey(Node):
    """What a system that is no person is let in by: dgl_<publicId>_<secret>."""

    public_id: str = column(
        machine_keys.public_id, description='In the feed and the log it is "key:<publicId>".'
    )
    name: str
    role: MachineRole
    scope: MachineScope
    branches: Connection[Branch] = relation(machine_keys.branches, description="For the scope BRANCH.")
    api_scopes: list[ApiScope]
    trusted_only: bool = column(
        machine_keys.trusted_only, description="Only documents registered beforehand."
    )
    expires_at: datetime | None
    revoked_at: datetime | None
    live_secrets: int = column(machine_keys.live_secrets, description="Two while a rotation overlaps.")
    last_used_at: datetime | None = column(machine_keys.last_used_at, description="To the hour.")
    created_at: datetime
    updated_at: datetime
    version: int
