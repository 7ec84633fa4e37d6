"""Tables of objectives and targets."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, text
from sqlalchemy.orm import Mapped

from domain.base import FINE, Base, Root, one_of, plain


class ObjectiveState(StrEnum):
    """OPEN until it is closed as one of the others."""

    OPEN = "OPEN"
    REACHED = "REACHED"
    MISSED = "MISSED"
    DROPPED = "DROPPED"


class Objective(Root, Base):
    """What the company wants, below a larger objective or at the top: starts_on <= day < ends_on.

    No circles: a trigger refuses them.
    """

    __tablename__ = "objectives"
    __table_args__ = (
        one_of("state", ObjectiveState),
        CheckConstraint("(state = 'OPEN') = (closed_at IS NULL)", name="closed_has_time"),
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
        CheckConstraint("ends_on > starts_on", name="period_not_empty"),
        CheckConstraint("starts_on >= '0001-01-01' AND ends_on < '10000-01-01'", name="days_sane"),
        Index(None, "parent_id", "id"),
        Index(None, "owner_id", "id"),
        Index(None, "created_at", "id"),
    )

    statement: Mapped[str] = plain()
    parent_id: Mapped[int | None] = plain(ForeignKey("objectives.id"))
    owner_id: Mapped[int | None] = plain(ForeignKey("users.id"))
    starts_on: Mapped[date | None] = plain(Date)
    ends_on: Mapped[date | None] = plain(Date)
    state: Mapped[str] = plain(server_default=text("'OPEN'"))
    conclusion: Mapped[str | None] = plain()
    closed_at: Mapped[datetime | None] = plain()


class Target(Root, Base):
    """What an aggregate of a cube is planned to be in one cell, in period_from <= day < period_to.

    `cut` is the cell as the Slicer writes it, empty for the whole cube. Withdrawn, it is planned no more.
    """

    __tablename__ = "targets"
    __table_args__ = (
        CheckConstraint("period_to > period_from", name="period_not_empty"),
        CheckConstraint("period_from >= '0001-01-01' AND period_to < '10000-01-01'", name="days_sane"),
        Index(None, "objective_id", "id"),
        Index(None, "owner_id", "id"),
        Index(None, "period_from", "id"),
    )

    objective_id: Mapped[int | None] = plain(ForeignKey("objectives.id"))
    cube: Mapped[str] = plain()
    aggregate: Mapped[str] = plain()
    cut: Mapped[str] = plain(server_default=text("''"))
    period_from: Mapped[date] = plain(Date)
    period_to: Mapped[date] = plain(Date)
    value: Mapped[Decimal] = plain(FINE)
    owner_id: Mapped[int | None] = plain(ForeignKey("users.id"))
    withdrawn_at: Mapped[datetime | None] = plain()
