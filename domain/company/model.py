"""Tables of the company itself: its one row, the business calendar and the currencies it may book in."""

from datetime import date

from sqlalchemy import CheckConstraint, Date, Integer, SmallInteger, text
from sqlalchemy.orm import Mapped

from domain.base import Base, plain


class Company(Base):
    """One row. The zone decides on which business day an order falls, the month where a fiscal year begins."""

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


class Currency(Base):
    """An ISO 4217 currency: its numeric code and the digits of its smallest unit (won 0, pound 2)."""

    __tablename__ = "currencies"

    code: Mapped[str] = plain(primary_key=True)
    number: Mapped[int] = plain(SmallInteger, unique=True)
    scale: Mapped[int] = plain(SmallInteger)


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
