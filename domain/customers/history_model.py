"""Tables of what customers were: changes of their fields, merges, and the stages of their lifecycle."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Identity, Index, Integer, text
from sqlalchemy.orm import Mapped

from domain.base import Base, Personal, one_of, plain, sane_time, tagged
from domain.customers.attribute_model import PersonalTag
from domain.customers.model import LifecycleStage


class CustomerChange(Base):
    """One change of one field of a customer: triggers write it, whoever changes the customer.

    `field` is the field's name in the API; for a part it goes on after a point: `contactPoints.EMAIL`,
    `externalIds.erp`, `attributes.pets`. Creating a customer leaves no row here, so that imports pay nothing.
    `personal` says how personal the two values are. `merged_id` is the id under which the change was made, where
    that customer was merged into this one since.
    """

    __tablename__ = "customer_history"
    __table_args__ = (
        one_of("personal", PersonalTag),
        Index("ix_customer_history_customer", "customer_id", text("changed_at DESC"), text("id DESC")),
        {
            "info": {
                "on_merge": (
                    """
                    UPDATE customer_history SET customer_id = :keep, merged_id = coalesce(merged_id, :merge)
                    WHERE customer_id = :merge
                    """,
                )
            }
        },
    )

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    customer_id: Mapped[int] = plain(ForeignKey("customers.id", ondelete="CASCADE"))
    field: Mapped[str] = plain()
    old_value: Mapped[str | None] = tagged(Personal.SENSITIVE)
    new_value: Mapped[str | None] = tagged(Personal.SENSITIVE)
    personal: Mapped[str] = plain()
    changed_at: Mapped[datetime] = plain(server_default=text("now()"))
    origin: Mapped[str] = plain()
    merged_id: Mapped[int | None] = plain(BigInteger)


class CustomerMerge(Base):
    """A customer that was merged into another and is no longer there: its id leads to the one that was kept."""

    __tablename__ = "customer_merges"
    __table_args__ = (Index(None, "kept_id"), CheckConstraint("merged_id <> kept_id", name="two_customers"))

    merged_id: Mapped[int] = plain(BigInteger, primary_key=True, autoincrement=False)
    kept_id: Mapped[int] = plain(ForeignKey("customers.id", ondelete="CASCADE"))
    merged_at: Mapped[datetime] = plain()
    origin: Mapped[str] = plain()


class CustomerStage(Base):
    """A stage of the lifecycle that the customer was found in, from `since` until the next one."""

    __tablename__ = "customer_lifecycle_stages"
    __table_args__ = (
        one_of("stage", LifecycleStage),
        Index(None, "customer_id", "since", unique=True),
        # A stage is worked out from orders, which move: those of the kept customer are worked out anew.
        {"info": {"on_merge": ()}},
    )

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    customer_id: Mapped[int] = plain(ForeignKey("customers.id", ondelete="CASCADE"))
    stage: Mapped[str] = plain()
    since: Mapped[datetime] = plain()


class LifecycleRules(Base):
    """The thresholds by which stages are told, from `valid_from` until the next row's."""

    __tablename__ = "lifecycle_rules"
    __table_args__ = (
        sane_time("valid_from"),
        CheckConstraint("growing_orders > 1 AND loyal_orders > growing_orders", name="orders_rise"),
        CheckConstraint("at_risk_days > 0 AND lapsed_days > at_risk_days", name="silence_rises"),
        CheckConstraint("loyal_within_days > 0 AND won_back_days > 0", name="periods_positive"),
    )

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    valid_from: Mapped[datetime] = plain(unique=True)
    growing_orders: Mapped[int] = plain(Integer)
    loyal_orders: Mapped[int] = plain(Integer)
    loyal_within_days: Mapped[int] = plain(Integer)
    at_risk_days: Mapped[int] = plain(Integer)
    lapsed_days: Mapped[int] = plain(Integer)
    won_back_days: Mapped[int] = plain(Integer)


class LifecycleRun(Base):
    """A day of the company's at whose end, in the night, all customers were told their stages."""

    __tablename__ = "lifecycle_runs"

    told_on: Mapped[date] = plain(Date, primary_key=True)
