"""Tables of what customers will bring, as models of their orders tell it."""

from datetime import date
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    SmallInteger,
)
from sqlalchemy.orm import Mapped

from domain.base import FINE, Base, Personal, plain, tagged

CHANCE = Numeric(18, 10)
"""A chance, or a number that is expected: ten digits after the point of what a model tells."""


TOLD_OF_ONE = ("DELETE FROM lifetime_scores WHERE customer_id IN (:keep, :merge)",)
"""Each was told by the orders of one name alone: the kept customer, who has those of both, has no score until the next
run tells one, rather than one that is wrong for as long."""


class LifetimeScore(Base):
    """What a customer will bring, as told at the end of the day `scored_on` by his orders in the currency.

    `model` is the one that was asked, `version` that of the computation. `value` is the margin's part of the orders
    that are expected in so many weeks, discounted by the year; without a mean amount there is none.
    """

    __tablename__ = "lifetime_scores"
    __table_args__ = (
        Index(None, "customer_id", "currency", "scored_on", unique=True),
        Index(None, "currency", "scored_on"),
        CheckConstraint("p_alive BETWEEN 0 AND 1", name="chance_sane"),
        {"info": {"on_merge": TOLD_OF_ONE}},
    )

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    customer_id: Mapped[int] = plain(ForeignKey("customers.id", ondelete="CASCADE"))
    currency: Mapped[str] = plain(ForeignKey("currencies.code"))
    scored_on: Mapped[date] = plain(Date)
    model: Mapped[str] = plain()
    version: Mapped[int] = plain(SmallInteger)
    weeks: Mapped[int] = plain(SmallInteger)
    margin: Mapped[Decimal] = plain(CHANCE)
    discount: Mapped[Decimal] = plain(CHANCE)
    repeat_days: Mapped[int] = tagged(Personal.BASIC, Integer)
    p_alive: Mapped[Decimal] = tagged(Personal.BASIC, CHANCE)
    expected_orders: Mapped[Decimal] = tagged(Personal.BASIC, CHANCE)
    mean_amount: Mapped[Decimal | None] = tagged(Personal.BASIC, FINE)
    value: Mapped[Decimal | None] = tagged(Personal.BASIC, FINE)


class LifetimeRun(Base):
    """For which day scores in the currency were written last: the star asks whether it is another row than before."""

    __tablename__ = "lifetime_runs"

    currency: Mapped[str] = plain(ForeignKey("currencies.code"), primary_key=True)
    scored_on: Mapped[date] = plain(Date)
