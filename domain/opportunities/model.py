"""Tables of opportunities, their moves from stage to stage and the offers made in them."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Identity, Index, SmallInteger, text
from sqlalchemy.orm import Mapped

from domain.base import AMOUNT, Base, Personal, Root, one_of, plain, sane_time, tagged


class OpportunityStage(StrEnum):
    """In the order in which a sale comes about; WON and LOST end it."""

    LEAD = "LEAD"
    QUALIFIED = "QUALIFIED"
    PROPOSED = "PROPOSED"
    NEGOTIATING = "NEGOTIATING"
    WON = "WON"
    LOST = "LOST"


class OpportunitySource(StrEnum):
    """What first told of it. CONTACT: we asked. REPEAT: the customer buys again."""

    ENQUIRY = "ENQUIRY"
    CONTACT = "CONTACT"
    CAMPAIGN = "CAMPAIGN"
    REFERRAL = "REFERRAL"
    REPEAT = "REPEAT"
    OTHER = "OTHER"


class Opportunity(Root, Base):
    """A possible sale to a customer. `order_id` is the order it became."""

    __tablename__ = "opportunities"
    __table_args__ = (
        one_of("stage", OpportunityStage),
        one_of("source", OpportunitySource),
        sane_time("opened_at"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("(amount IS NULL) = (currency IS NULL)", name="amount_has_currency"),
        CheckConstraint("probability BETWEEN 0 AND 100", name="probability_range"),
        CheckConstraint(
            "(stage <> 'WON' OR probability = 100) AND (stage <> 'LOST' OR probability = 0)",
            name="probability_of_the_end",
        ),
        CheckConstraint("(stage IN ('WON', 'LOST')) = (closed_at IS NOT NULL)", name="closed_has_time"),
        CheckConstraint("lost_reason IS NULL OR stage = 'LOST'", name="reason_of_lost"),
        CheckConstraint("order_id IS NULL OR stage = 'WON'", name="order_of_won"),
        CheckConstraint(
            "expected_on >= '0001-01-01' AND expected_on < '10000-01-01'", name="expected_on_sane"
        ),
        Index("ix_opportunities_customer", "customer_id", text("opened_at DESC"), text("id DESC")),
        Index("ix_opportunities_opened", text("opened_at DESC"), text("id DESC")),
        Index("ix_opportunities_owner", "owner_id", "stage", "expected_on"),
        Index("ix_opportunities_branch", "branch_id", "stage", "expected_on"),
        Index("ix_opportunities_stage", "stage", "expected_on"),
        Index(None, "order_id"),
    )

    customer_id: Mapped[int] = plain(ForeignKey("customers.id"))
    name: Mapped[str] = tagged(Personal.BASIC)
    stage: Mapped[str] = plain(server_default=text("'LEAD'"))
    probability: Mapped[int] = plain(SmallInteger)
    amount: Mapped[Decimal | None] = plain(AMOUNT)
    currency: Mapped[str | None] = plain(ForeignKey("currencies.code"))
    expected_on: Mapped[date | None] = plain(Date)
    source: Mapped[str | None] = plain()
    touchpoint_id: Mapped[int | None] = plain(ForeignKey("touchpoints.id"))
    note: Mapped[str | None] = tagged(Personal.SENSITIVE)
    lost_reason: Mapped[str | None] = tagged(Personal.SENSITIVE)
    owner_id: Mapped[int | None] = plain(ForeignKey("users.id"))
    branch_id: Mapped[int | None] = plain(ForeignKey("branches.id"))
    order_id: Mapped[int | None] = plain(ForeignKey("orders.id"))
    opened_at: Mapped[datetime] = plain()
    closed_at: Mapped[datetime | None] = plain()


class OpportunityMove(Base):
    """An opportunity has come into a stage; its opening is a move from nothing. Rows are only added."""

    __tablename__ = "opportunity_moves"
    __table_args__ = (one_of("to_stage", OpportunityStage),)

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    opportunity_id: Mapped[int] = plain(ForeignKey("opportunities.id", ondelete="CASCADE"), index=True)
    from_stage: Mapped[str | None] = plain()
    to_stage: Mapped[str] = plain()
    probability: Mapped[int] = plain(SmallInteger)
    moved_at: Mapped[datetime] = plain()
    moved_by_id: Mapped[int | None] = plain(ForeignKey("users.id"))
    reason: Mapped[str | None] = tagged(Personal.SENSITIVE)


class OpportunityOffer(Base):
    """An offer that was made in words, without a grant."""

    __tablename__ = "opportunity_offers"

    opportunity_id: Mapped[int] = plain(ForeignKey("opportunities.id", ondelete="CASCADE"), primary_key=True)
    offer_id: Mapped[int] = plain(ForeignKey("offers.id"), primary_key=True, index=True)


class OpportunityGrant(Base):
    """An offer that was granted to the customer for this sale."""

    __tablename__ = "opportunity_grants"

    opportunity_id: Mapped[int] = plain(ForeignKey("opportunities.id", ondelete="CASCADE"), primary_key=True)
    grant_id: Mapped[int] = plain(ForeignKey("offer_grants.id"), primary_key=True, index=True)
