"""The jobs that personal data asks for."""

from domain.queue import JobKind

EXPORT_SUBJECT = JobKind("export_subject", ids=("export_id",), key="export:{export_id}")
TIDY_EXPORTS = JobKind("tidy_exports", key="tidy_exports")
RETAIN = JobKind("retain", key="retain")
