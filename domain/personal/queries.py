"""What may be asked of exports and retention."""

from sqlalchemy import ColumnElement, FromClause, Text, case, false, literal, true

from domain.access import Actor
from domain.customers.queries import customers, visible_customer
from domain.personal.model import ExportState, RetentionRule, RetentionRun, RetentionRunItem, SubjectExport
from domain.roles import Scope
from domain.selection import ids
from domain.selection.entities import ASC, DESC, Entity, Row, Term, computed, many, one

EXPORTS = "/exports/"
"""Where exports are fetched, below the API's address."""


def visible_to(actor: Actor, export: FromClause = SubjectExport.__table__) -> ColumnElement[bool]:
    """An export is seen by whoever sees its customer."""
    return true() if actor.scope is Scope.ALL else visible_customer(actor, export.c.customer_id)


def visible_to_all(actor: Actor, _: Row | None = None) -> ColumnElement[bool]:
    """Retention is of the whole company: only who sees all sees it."""
    return true() if actor.scope is Scope.ALL else false()


def _path(export: Row) -> ColumnElement[str]:
    path = literal(EXPORTS, Text()) + ids.shown("SubjectExport", export.c.id)
    return case((export.c.state == ExportState.READY, path))


class SubjectExports(Entity):
    customer = one(lambda: customers, on=lambda export, customer: customer.c.id == export.c.customer_id)
    path = computed(_path, Text())


subject_exports = SubjectExports(
    "SubjectExport", SubjectExport.__table__, visible_to=visible_to, order=(("requested_at", DESC),)
)

retention_rules = Entity(
    "RetentionRule",
    RetentionRule.__table__,
    visible_to=visible_to_all,
    order=(("purpose", ASC), ("tag", ASC)),
)

retention_run_items = Entity("RetentionRunItem", RetentionRunItem.__table__)


class RetentionRuns(Entity):
    items = many(
        lambda: retention_run_items,
        on=lambda run, item: item.c.run_id == run.c.id,
        order=(Term(retention_run_items.id),),
    )


retention_runs = RetentionRuns(
    "RetentionRun", RetentionRun.__table__, visible_to=visible_to_all, order=(("listed_at", DESC),)
)
