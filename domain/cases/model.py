"""Tables of cases, their moves from state to state and their touchpoints."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    FetchedValue,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    text,
)
from sqlalchemy.orm import Mapped

from domain.base import Base, Personal, Root, one_of, plain, sane_time, tagged
from domain.channels import Channel
from domain.work.priorities import Priority


class CaseKind(StrEnum):
    ENQUIRY = "ENQUIRY"
    COMPLAINT = "COMPLAINT"
    SERVICE_REQUEST = "SERVICE_REQUEST"


class CaseState(StrEnum):
    """NEW: nobody has taken it up. CLOSED: nothing more is expected, whether it was solved or not."""

    NEW = "NEW"
    OPEN = "OPEN"
    WAITING_CUSTOMER = "WAITING_CUSTOMER"
    SOLVED = "SOLVED"
    CLOSED = "CLOSED"


class Case(Root, Base):
    """What somebody wants of us. `customer_id` is null as long as nobody knows who it is."""

    __tablename__ = "cases"
    __table_args__ = (
        one_of("kind", CaseKind),
        one_of("channel", Channel),
        one_of("state", CaseState),
        one_of("priority", Priority),
        sane_time("opened_at"),
        sane_time("due_at"),
        CheckConstraint("satisfaction BETWEEN 1 AND 5", name="satisfaction_range"),
        CheckConstraint("(satisfaction IS NULL) = (rated_at IS NULL)", name="satisfaction_has_time"),
        CheckConstraint(
            "satisfaction IS NOT NULL OR satisfaction_comment IS NULL", name="comment_has_satisfaction"
        ),
        Index("ix_cases_customer", "customer_id", text("opened_at DESC"), text("id DESC")),
        Index("ix_cases_opened", text("opened_at DESC"), text("id DESC")),
        Index("ix_cases_owner", "owner_id", "state", "due_at"),
        Index("ix_cases_branch", "branch_id", "state", "due_at"),
        Index("ix_cases_due", "state", "due_at"),
    )

    number: Mapped[str] = plain(unique=True, server_default=FetchedValue())
    kind: Mapped[str] = plain()
    channel: Mapped[str] = plain()
    state: Mapped[str] = plain(server_default=text("'NEW'"))
    priority: Mapped[str] = plain(server_default=text("'NORMAL'"))
    topic: Mapped[str | None] = plain()
    subject: Mapped[str] = tagged(Personal.SENSITIVE)
    description: Mapped[str | None] = tagged(Personal.SENSITIVE)
    customer_id: Mapped[int | None] = plain(ForeignKey("customers.id"))
    branch_id: Mapped[int | None] = plain(ForeignKey("branches.id"))
    owner_id: Mapped[int | None] = plain(ForeignKey("users.id"))
    opened_at: Mapped[datetime] = plain()
    due_at: Mapped[datetime | None] = plain()
    solved_at: Mapped[datetime | None] = plain()
    closed_at: Mapped[datetime | None] = plain()
    satisfaction: Mapped[int | None] = plain(SmallInteger)
    satisfaction_comment: Mapped[str | None] = tagged(Personal.SENSITIVE)
    rated_at: Mapped[datetime | None] = plain()


class CaseMove(Base):
    """A case has come into a state; its opening is a move from nothing. Rows are only added."""

    __tablename__ = "case_moves"
    __table_args__ = (one_of("to_state", CaseState),)

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    case_id: Mapped[int] = plain(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    from_state: Mapped[str | None] = plain()
    to_state: Mapped[str] = plain()
    moved_at: Mapped[datetime] = plain()
    moved_by_id: Mapped[int | None] = plain(ForeignKey("users.id"))
    reason: Mapped[str | None] = tagged(Personal.SENSITIVE)


class CaseTouchpoint(Base):
    """A touchpoint belongs to a case. Touchpoints are append only, so they cannot say it themselves."""

    __tablename__ = "case_touchpoints"

    case_id: Mapped[int] = plain(ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True)
    touchpoint_id: Mapped[int] = plain(ForeignKey("touchpoints.id"), primary_key=True, index=True)
    linked_at: Mapped[datetime] = plain()
