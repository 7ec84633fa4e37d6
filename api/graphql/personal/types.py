"""Exports and retention as the API shows them."""

from datetime import datetime

import strawberry

from api.graphql.customers.filters import CustomerFilter
from api.graphql.customers.types import Customer
from api.graphql.enums import ExportState, ExportStateFilter, Purpose, RetainedTag, RetentionState
from api.graphql.fields import column, reads, relation
from api.graphql.filters import DateTimeFilter
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.relay import Connection, Node
from api.graphql.scalars import BigInt
from domain.personal.queries import retention_rules, retention_run_items, retention_runs, subject_exports


@filters
class SubjectExportFilter:
    state: ExportStateFilter | None = where(subject_exports.state)
    requested_at: DateTimeFilter | None = where(subject_exports.requested_at)
    customer: CustomerFilter | None = where(subject_exports.customer)


@reads(
    subject_exports,
    filter=SubjectExportFilter,
    order=ordering("SubjectExport", REQUESTED_AT=subject_exports.requested_at, ID=subject_exports.id),
)
@strawberry.type
class SubjectExport(Node):
    """All that is held about a person, as a ZIP with one JSON file: fetched once, by GET on `path` with a token."""

    customer: Customer | None = relation(subject_exports.customer)
    state: ExportState
    path: str | None = column(subject_exports.path, description="Where it is fetched while it is READY.")
    asked_by: str
    reason: str
    requested_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None
    downloaded_at: datetime | None
    bytes: BigInt | None
    sha256: str | None = column(subject_exports.sha256, description="Of the file, in hexadecimal.")


@reads(
    retention_rules,
    order=ordering(
        "RetentionRule", PURPOSE=retention_rules.purpose, TAG=retention_rules.tag, ID=retention_rules.id
    ),
)
@strawberry.type
class RetentionRule(Node):
    """How long columns of a tag are kept for a purpose."""

    tag: RetainedTag
    purpose: Purpose
    days: int | None = column(retention_rules.days, description="Null: as long as the person is a customer.")
    updated_at: datetime
    version: int


@reads(retention_run_items)
@strawberry.type
class RetentionRunItem:
    """What a run found past its period at one place, and what it has taken away there so far."""

    tag: RetainedTag
    purpose: Purpose
    place: str = column(
        retention_run_items.place, description="A table, and its columns unless whole rows go."
    )
    due: BigInt
    done: BigInt


@reads(
    retention_runs, order=ordering("RetentionRun", LISTED_AT=retention_runs.listed_at, ID=retention_runs.id)
)
@strawberry.type
class RetentionRun(Node):
    """One look at what is past its period: listed first, then taken away."""

    state: RetentionState
    listed_at: datetime
    finished_at: datetime | None
    items: Connection[RetentionRunItem] = relation(retention_runs.items)
