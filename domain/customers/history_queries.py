"""What may be asked of the past of customers: changes, merges, stages of the lifecycle and their rules."""

from sqlalchemy import ColumnElement, DateTime, Text, func, select

from domain.customers.history_model import CustomerChange, CustomerMerge, CustomerStage, LifecycleRules
from domain.selection import ids
from domain.selection.entities import DESC, Entity, Row, computed, one
from domain.users.queries import users


def _by(change: Row, user: Row) -> ColumnElement[bool]:
    """The user whom the origin names, e.g. "user:kim"."""
    return func.starts_with(change.c.origin, "user:") & (user.c.subject == func.substr(change.c.origin, 6))


def _merged_id(row: Row) -> ColumnElement[str]:
    return ids.shown("Customer", row.c.merged_id)


class Changes(Entity):
    by = one(lambda: users, on=_by)
    merged = computed(_merged_id, Text())


changes = Changes("CustomerHistoryEntry", CustomerChange.__table__, order=(("changed_at", DESC),))


class Merges(Entity):
    merged = computed(_merged_id, Text(), nullable=False)
    by = one(lambda: users, on=_by)


merges = Merges("CustomerMerge", CustomerMerge.__table__, ties=("merged_id",))


def _until(stage: Row) -> ColumnElement[object]:
    later = CustomerStage.__table__.alias()
    found = select(func.min(later.c.since)).where(
        later.c.customer_id == stage.c.customer_id, later.c.since > stage.c.since
    )
    return found.correlate(stage).scalar_subquery()


class Stages(Entity):
    until = computed(_until, DateTime(timezone=True))


stages = Stages("CustomerStage", CustomerStage.__table__)

lifecycle_rules = Entity("LifecycleRules", LifecycleRules.__table__, order=(("valid_from", DESC),))
