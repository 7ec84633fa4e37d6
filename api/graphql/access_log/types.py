"""The access log as the API shows it."""

from datetime import datetime

import strawberry

from api.graphql.enums import AccessGroup, AccessKind, Role
from api.graphql.fields import column, reads
from api.graphql.filters import DateTimeFilter, TextFilter
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.relay import Node
from domain.access_log.queries import access_log


@strawberry.input(description="Entries about a customer.")
class SubjectsFilter:
    has: strawberry.ID = strawberry.field(description="The id of a customer.")


@filters
class AccessLogEntryFilter:
    at: DateTimeFilter | None = where(access_log.at)
    actor: TextFilter | None = where(access_log.actor)
    subjects: SubjectsFilter | None = where(access_log.subjects)


@reads(
    access_log,
    filter=AccessLogEntryFilter,
    order=ordering("AccessLogEntry", AT=access_log.at, ID=access_log.id),
)
@strawberry.type
class AccessLogEntry(Node):
    """A request that showed contact, unique or sensitive data of customers, or an export."""

    at: datetime
    actor: str = column(access_log.actor, description='Who asked: "user:<subject>" or "key:<public id>".')
    role: Role
    kind: AccessKind
    operation: str | None = column(access_log.operation, description="The operation's name, if it has one.")
    document: str | None = column(access_log.document, description="The SHA-256 of the document.")
    groups: list[AccessGroup]
    subjects: list[strawberry.ID] = column(access_log.subjects, description="Ids of the customers shown.")
    reason: str | None
