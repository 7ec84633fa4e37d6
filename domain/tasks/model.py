"""Table of tasks."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped

from domain.base import Base, Personal, Root, one_of, plain, sane_time, tagged
from domain.work.priorities import Priority


class TaskState(StrEnum):
    """States move one way; DONE and CANCELLED end it."""

    OPEN = "OPEN"
    IN_PROGRESS = "IN_PROGRESS"
    DONE = "DONE"
    CANCELLED = "CANCELLED"


class TaskSource(StrEnum):
    """Where a task came from. MANUAL: somebody thought of it. REQUEST: a person asked for his data, or for its erasure.

    CONSENT: a consent is due to be confirmed again.
    """

    MANUAL = "MANUAL"
    CASE = "CASE"
    OPPORTUNITY = "OPPORTUNITY"
    TOUCHPOINT = "TOUCHPOINT"
    REQUEST = "REQUEST"
    CONSENT = "CONSENT"


class Task(Root, Base):
    """Something to do: by its owner, or by anybody of its branch, or by whoever takes it.

    `closed_at` is when it was done or cancelled.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        one_of("state", TaskState),
        one_of("priority", Priority),
        one_of("source", TaskSource),
        sane_time("due_at"),
        CheckConstraint("(state IN ('DONE', 'CANCELLED')) = (closed_at IS NOT NULL)", name="closed_has_time"),
        CheckConstraint(
            "(source = 'CASE') = (case_id IS NOT NULL)"
            " AND (source = 'OPPORTUNITY') = (opportunity_id IS NOT NULL)"
            " AND (source = 'TOUCHPOINT') = (touchpoint_id IS NOT NULL)",
            name="source_is_there",
        ),
        Index("ix_tasks_customer", "customer_id", text("created_at DESC"), text("id DESC")),
        Index("ix_tasks_created", text("created_at DESC"), text("id DESC")),
        Index("ix_tasks_owner", "owner_id", "state", "due_at"),
        Index("ix_tasks_branch", "branch_id", "state", "due_at"),
        Index("ix_tasks_due", "state", "due_at"),
        Index(None, "case_id"),
        Index(None, "opportunity_id"),
        Index(None, "touchpoint_id"),
    )

    title: Mapped[str] = tagged(Personal.SENSITIVE)
    note: Mapped[str | None] = tagged(Personal.SENSITIVE)
    state: Mapped[str] = plain(server_default=text("'OPEN'"))
    priority: Mapped[str] = plain(server_default=text("'NORMAL'"))
    due_at: Mapped[datetime | None] = plain()
    customer_id: Mapped[int | None] = plain(ForeignKey("customers.id"))
    owner_id: Mapped[int | None] = plain(ForeignKey("users.id"))
    branch_id: Mapped[int | None] = plain(ForeignKey("branches.id"))
    source: Mapped[str] = plain(server_default=text("'MANUAL'"))
    case_id: Mapped[int | None] = plain(ForeignKey("cases.id"))
    opportunity_id: Mapped[int | None] = plain(ForeignKey("opportunities.id"))
    touchpoint_id: Mapped[int | None] = plain(ForeignKey("touchpoints.id"))
    created_by_id: Mapped[int | None] = plain(ForeignKey("users.id"))
    started_at: Mapped[datetime | None] = plain()
    closed_at: Mapped[datetime | None] = plain()
    closed_by_id: Mapped[int | None] = plain(ForeignKey("users.id"))
    outcome: Mapped[str | None] = tagged(Personal.SENSITIVE)
