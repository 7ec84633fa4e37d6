"""The root field of the access log."""

import strawberry

from api.graphql.access_log.types import AccessLogEntry
from api.graphql.relay import Connection
from api.graphql.roots import all_of
from domain.access_log.queries import access_log


@strawberry.type
class AccessLogQuery:
    access_log: Connection[AccessLogEntry] = all_of(
        access_log, description="Who saw whose contact, unique or sensitive data. For administrators."
    )
