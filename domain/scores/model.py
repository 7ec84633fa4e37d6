"""Tables of RFM: its dated schemes, and what customers were found to be."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    text,
)
from sqlalchemy.orm import Mapped

from domain.base import FINE, Base, Personal, one_of, plain, tagged


class RfmMethod(StrEnum):
    """THRESHOLDS: 1 to 3 by fixed numbers. QUANTILES: 1 to `levels` by the share of customers that are below."""

    THRESHOLDS = "THRESHOLDS"
    QUANTILES = "QUANTILES"


class RfmAnchor(StrEnum):
    """Where the months of frequency end: with the customer's last order, or with the day that is scored (TAU)."""

    LAST_ORDER = "LAST_ORDER"
    TAU = "TAU"


_BOUNDS = (
    "recency_2_months, recency_3_months, frequency_2_orders, frequency_3_orders,"
    " monetary_2_above, monetary_3_from"
)


class RfmScheme(Base):
    """How customers are scored, from the day `valid_from` until the next row of the same name.

    `monetary_2_above` is no longer 1, `monetary_3_from` is 3 itself; both are in `currency`.
    """

    __tablename__ = "rfm_schemes"
    __table_args__ = (
        Index(None, "name", "valid_from", unique=True),
        one_of("method", RfmMethod),
        one_of("anchor", RfmAnchor),
        CheckConstraint("valid_from >= '0001-01-01' AND valid_from < '10000-01-01'", name="valid_from_sane"),
        CheckConstraint("frequency_months BETWEEN 1 AND 120", name="window_sane"),
        CheckConstraint(
            "CASE method WHEN 'THRESHOLDS' THEN levels = 3 ELSE levels BETWEEN 2 AND 5 END", name="levels_fit"
        ),
        CheckConstraint(
            f"num_nonnulls({_BOUNDS}) = CASE method WHEN 'THRESHOLDS' THEN 6 ELSE 0 END", name="bounds_fit"
        ),
        CheckConstraint("recency_3_months > 0 AND recency_2_months > recency_3_months", name="recency_rises"),
        CheckConstraint(
            "frequency_2_orders > 1 AND frequency_3_orders > frequency_2_orders", name="frequency_rises"
        ),
        CheckConstraint(
            "monetary_2_above >= 0 AND monetary_3_from > monetary_2_above", name="monetary_rises"
        ),
    )

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    name: Mapped[str] = plain()
    valid_from: Mapped[date] = plain(Date)
    currency: Mapped[str] = plain(ForeignKey("currencies.code"))
    method: Mapped[str] = plain()
    anchor: Mapped[str] = plain()
    levels: Mapped[int] = plain(SmallInteger)
    frequency_months: Mapped[int] = plain(Integer)
    recency_2_months: Mapped[int | None] = plain(Integer)
    recency_3_months: Mapped[int | None] = plain(Integer)
    frequency_2_orders: Mapped[int | None] = plain(Integer)
    frequency_3_orders: Mapped[int | None] = plain(Integer)
    monetary_2_above: Mapped[Decimal | None] = plain(FINE)
    monetary_3_from: Mapped[Decimal | None] = plain(FINE)


class RfmScore(Base):
    """What a customer was found to be on the days valid_from <= day < valid_to, open while null.

    `scheme` is the scheme's name, `scheme_id` its row that was in force, `model` the version of the computation. A
    day on which nothing changed leaves no row: `rfm_runs` says up to when the open rows hold.
    """

    __tablename__ = "rfm_scores"
    __table_args__ = (
        Index(None, "customer_id", "scheme", "valid_from", unique=True),
        Index(
            "ix_rfm_scores_open",
            "customer_id",
            "scheme",
            unique=True,
            postgresql_where=text("valid_to IS NULL"),
        ),
        Index(
            "ix_rfm_scores_cell",
            "scheme",
            "recency",
            "frequency",
            "monetary",
            "customer_id",
            postgresql_where=text("valid_to IS NULL"),
        ),
        CheckConstraint("valid_to > valid_from", name="not_empty"),
        # Worked out from orders, which move: those of the kept customer are worked out anew.
        {"info": {"on_merge": ()}},
    )

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    customer_id: Mapped[int] = plain(ForeignKey("customers.id", ondelete="CASCADE"))
    scheme: Mapped[str] = plain()
    valid_from: Mapped[date] = plain(Date)
    valid_to: Mapped[date | None] = plain(Date)
    scheme_id: Mapped[int] = plain(ForeignKey("rfm_schemes.id"))
    model: Mapped[int] = plain(SmallInteger)
    recency: Mapped[int] = tagged(Personal.BASIC, SmallInteger)
    frequency: Mapped[int] = tagged(Personal.BASIC, SmallInteger)
    monetary: Mapped[int] = tagged(Personal.BASIC, SmallInteger)
    last_ordered_on: Mapped[date | None] = tagged(Personal.BASIC, Date)
    orders: Mapped[int] = tagged(Personal.BASIC, Integer)
    mean_order_value: Mapped[Decimal | None] = tagged(Personal.BASIC, FINE)


class RfmRun(Base):
    """Up to which day the customers are scored by a scheme. Scores go forwards only."""

    __tablename__ = "rfm_runs"

    scheme: Mapped[str] = plain(primary_key=True)
    scored_on: Mapped[date] = plain(Date)
