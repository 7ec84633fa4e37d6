"""Units of the calendar as numbers: one more each unit, so that their distance is a difference."""

from datetime import date, timedelta

import sqlalchemy as sa

from olap import star
from olap.dialect import WeekNumber
from olap.expressions import Expression, condition_of, from_star
from olap.journeys.shapes import Cohort, CohortUnit
from olap.physical import Column

DAY = Column("date", "on_date")

COLUMNS: dict[CohortUnit, tuple[str, ...]] = {
    "year": ("year",),
    "quarter": ("year", "quarter"),
    "month": ("year", "month"),
    "week": ("on_date", "weekday"),
}
"""Which columns of a day tell its unit."""


def columns_of_unit(unit: CohortUnit) -> tuple[Column, ...]:
    """The columns of the calendar that tell a day's unit."""
    return tuple(Column(DAY.table, name) for name in COLUMNS[unit])


def columns_of_cohorts(unit: CohortUnit) -> tuple[Column, ...]:
    """Columns of the calendar that are one set of values a unit."""
    names = ("iso_year", "iso_week") if unit == "week" else COLUMNS[unit]
    return tuple(Column(DAY.table, name) for name in names)


def next_month(day: date) -> date:
    """The first day of the month after that of the day."""
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def number_of(unit: CohortUnit, columns: tuple[Column, ...]) -> Expression:
    """The number of the unit that the columns tell; null where the day is Unknown."""
    first, *rest = (column.sql for column in columns)
    match unit:
        case "week":
            number: Expression = WeekNumber(first, *rest)
        case "year":
            number = first
        case "quarter":
            number = first * 4 + rest[0] - 1
        case "month":
            number = first * 12 + rest[0] - 1
    return sa.cast(number, sa.BigInteger())


def first_days(unit: CohortUnit) -> sa.Subquery:
    """Each unit of the calendar: its `number` and its `first_day`."""
    number = number_of(unit, columns_of_unit(unit))
    statement = sa.select(number.label("number"), sa.func.min(DAY.sql).label("first_day"))
    return statement.where(DAY.sql.is_not(None)).group_by(number).subquery("begun")


def units(shape: Cohort) -> sa.Subquery:
    """The units that are seen: their `number`, and whether they are `complete`.

    A unit is complete once all its days are over, and all of them are looked at.
    """
    calendar = star.metadata.tables[DAY.table]
    day, number = DAY.sql, number_of(shape.unit, columns_of_unit(shape.unit))
    today: Expression = sa.bindparam(f"v{shape.today}", type_=sa.Date())
    looked = [condition_of(shape.days), day <= today]
    if shape.open_end:
        looked.append(day <= from_star(shape.seen, sa.func.max(day)).correlate(None).scalar_subquery())
    seen = sa.func.sum(sa.case((sa.and_(*looked), 1), else_=0))
    whole = sa.and_(seen == sa.func.count(), sa.func.max(day) < today)
    statement = (
        sa.select(number.label("number"), whole.label("complete"))
        .select_from(calendar)
        .where(day.is_not(None))
        .group_by(number)
    )
    return statement.having(seen > 0).subquery("units")
