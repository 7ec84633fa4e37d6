"""Root fields of exports and retention."""

import strawberry

from api.graphql.personal.types import RetentionRule, RetentionRun, SubjectExport
from api.graphql.relay import Connection
from api.graphql.roots import all_of, by_id
from domain.personal.queries import retention_rules, retention_runs, subject_exports


@strawberry.type
class PersonalQuery:
    subject_export: SubjectExport | None = by_id(subject_exports)
    subject_exports: Connection[SubjectExport] = all_of(subject_exports, description="For administrators.")
    retention_rules: Connection[RetentionRule] = all_of(retention_rules, description="For administrators.")
    retention_runs: Connection[RetentionRun] = all_of(retention_runs, description="For administrators.")
