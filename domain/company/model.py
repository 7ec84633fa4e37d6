"""Tables of the company itself: its one row, the business calendar and the currencies it may book in."""

from datetime import date
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped

from domain.base import Base, Root, plain


class Company(Base):
    """One row. The zone decides on which business day an order falls, the month where a fiscal year begins. By
    `rfm_scheme` customers are told month by month in the cube.
    """

    __tablename__ = "company"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("fiscal_year_month BETWEEN 1 AND 12", name="fiscal_year_month_range"),
    )

    id: Mapped[int] = plain(SmallInteger, primary_key=True, server_default=text("1"), autoincrement=False)
    name: Mapped[str] = plain(server_default=text("'Dangol'"))
    time_zone: Mapped[str] = plain(server_default=text("'Asia/Seoul'"))
    currency: Mapped[str] = plain(server_default=text("'KRW'"))
    feed_epoch: Mapped[int] = plain(Integer, server_default=text("1"))
    fiscal_year_month: Mapped[int] = plain(SmallInteger, server_default=text("1"))
    rfm_scheme: Mapped[str] = plain(server_default=text("'default'"))


class Currency(Base):
    """An ISO 4217 currency: its numeric code and the digits of its smallest unit (won 0, pound 2)."""

    __tablename__ = "currencies"

    code: Mapped[str] = plain(primary_key=True)
    number: Mapped[int] = plain(SmallInteger, unique=True)
    scale: Mapped[int] = plain(SmallInteger)


RATE = Numeric(18, 10)
"""How much of one currency one of another is: with an amount of numeric(19, 4) it is still exact in 38 digits."""


class ExchangeRate(Root, Base):
    """What one of a currency is in another one, from the day `valid_on` until a later rate of the two is valid.

    What is not said is not known: no rate is made by turning another one round, or by way of a third currency.
    """

    __tablename__ = "exchange_rates"
    __table_args__ = (
        UniqueConstraint("from_currency", "to_currency", "valid_on"),
        CheckConstraint("from_currency <> to_currency", name="of_two_currencies"),
        CheckConstraint("rate > 0", name="rate_positive"),
        CheckConstraint("valid_on >= '0001-01-01' AND valid_on < '10000-01-01'", name="valid_on_sane"),
        Index(None, "valid_on", "id"),
    )

    from_currency: Mapped[str] = plain(ForeignKey("currencies.code"))
    to_currency: Mapped[str] = plain(ForeignKey("currencies.code"))
    valid_on: Mapped[date] = plain(Date)
    rate: Mapped[Decimal] = plain(RATE)
    source_system: Mapped[str] = plain()


class CalendarDay(Base):
    """One day of the business calendar; the integer key is yyyymmdd."""

    __tablename__ = "calendar_days"

    key: Mapped[int] = plain(Integer, primary_key=True, autoincrement=False)
    day: Mapped[date] = plain(Date, unique=True)


class Holiday(Base):
    """A day on which the country, or the company, rests. The rows are the company's to add to and to take from."""

    __tablename__ = "holidays"

    day: Mapped[date] = plain(Date, primary_key=True)
    name: Mapped[str] = plain()
    name_ko: Mapped[str] = plain()
