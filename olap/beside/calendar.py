"""Days that stand for other days, as queries over the calendar. Each is joined to the facts by the key of their day."""

from typing import Any

import sqlalchemy as sa

from olap import star
from olap.dialect import DaysLater, MonthsLater
from olap.expressions import condition_of, from_star
from olap.physical import Column
from olap.plan import Kept, Reach, Shift, Spine, Star

END, SINCE = "__end__", "__since__"


def shifted(shift: Shift) -> sa.Subquery:
    """The calendar with the key of an earlier day in each row. The 31st stands for the last day of a shorter month,
    so that a whole month is compared with a whole month, and a part of one with its first days."""
    if shift.kept:
        return _shifted_months(shift)
    calendar = star.metadata.tables[shift.day.table]
    then, shown = calendar.alias("then"), calendar.alias("shown")
    (key,) = calendar.primary_key
    day, by = shift.day.name, sa.bindparam(f"v{shift.by}", type_=sa.Integer())
    later = MonthsLater(then.c[day], by) if shift.months else DaysLater(then.c[day], by)
    own = {column.name for column in shift.own}
    others = [
        (then if column.name in own else shown).c[column.name]
        for column in calendar.columns
        if column is not key
    ]
    return (
        sa.select(then.c[key.name], *others)
        .select_from(then.join(shown, shown.c[day] == later))
        .where(shown.c[day] <= _day(shift.today))
        .subquery("shifted")
    )


def _shifted_months(shift: Shift) -> sa.Subquery:
    """As the days are, months that stand for later ones: what told them as `then_`, and what tells the later ones."""
    then, shown = _months(shift.day, shift.kept, "then"), _months(shift.day, shift.kept, "shown")
    day, by = shift.day.name, sa.bindparam(f"v{shift.by}", type_=sa.Integer())
    told = [then.c[of.name].label(f"then_{of.name}") for of, _ in shift.kept]
    return (
        sa.select(*told, *(shown.c[of.name] for of, _ in shift.kept))
        .select_from(then.join(shown, shown.c[day] == MonthsLater(then.c[day], by)))
        .where(shown.c[day] <= _day(shift.today))
        .subquery("shifted")
    )


def _months(day: Column, kept: Kept, name: str) -> sa.Subquery:
    """The calendar's months by what tells them; the column of the day is the first one."""
    told = [of.sql for of, _ in kept]
    first = sa.func.min(day.sql).label(day.name)
    return sa.select(*told, first).where(day.sql.is_not(None)).group_by(*told).subquery(name)


def of_months(kept: Kept, months: sa.FromClause, prefix: str = "") -> sa.ColumnElement[bool]:
    """The cell is of that month."""
    return sa.and_(sa.true(), *(at.sql == months.c[f"{prefix}{of.name}"] for of, at in kept))


def reaching(reach: Reach) -> sa.Subquery:
    """`day_key`, or what tells the month as `then_`, and the keys of the periods in whose window the day lies.

    Only days between the first fact and the last: the calendar holds 130 years, and each of its days would be held
    against each of its periods (a rolling window by month took 11 s, now as long as the facts). And only periods that
    have begun, by the last fact or by today, and of which the cell has a day: a cumulative one would count in every
    period up to the calendar's end, two months of days would be asked for as all days are.
    """
    calendar = star.metadata.tables[reach.day.table]
    (key,) = calendar.primary_key
    day = reach.day.name
    then = _months(reach.day, reach.kept, "then") if reach.kept else calendar.alias("then")
    # Said four times, made once.
    ends = _days_of(reach.star, reach, sa.func.min, sa.func.max).cte("ends_of_facts")
    first, last = (sa.select(end).scalar_subquery() for end in ends.c)
    periods = _begun(reach, first, last).subquery("periods")
    days = sa.select(then).where(then.c[day] >= first, then.c[day] <= last).subquery("days")
    within = [days.c[day] <= periods.c.last_day, *_since(reach, days, periods)]
    told = [days.c[of.name].label(f"then_{of.name}") for of, _ in reach.kept]
    return (
        sa.select(
            *(told or [days.c[key.name].label("day_key")]), *(periods.c[item.ref] for item in reach.periods)
        )
        .select_from(days.join(periods, sa.and_(*within)))
        .subquery("reaching")
    )


def _begun(reach: Reach, first: sa.ColumnElement[Any], last: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """The periods that may be shown where the facts are of the days from `first` to `last`."""
    day = star.metadata.tables[reach.day.table].c[reach.day.name]
    begins, ends = sa.func.min(day), sa.func.max(day)
    begun = sa.or_(begins <= last, begins <= _day(reach.today))
    one, none = (sa.literal_column(text, sa.Integer()) for text in ("1", "0"))
    of_cell = sa.func.max(sa.case((condition_of(reach.where), one), else_=none)) == one
    return _periods(reach).having(sa.and_(ends >= first, begun, of_cell))


def _periods(reach: Reach) -> sa.Select[Any]:
    """The keys of all periods, and their `last_day`."""
    calendar = star.metadata.tables[reach.day.table]
    keys = [calendar.c[item.column.name].label(item.ref) for item in reach.periods]
    last = sa.func.max(calendar.c[reach.day.name]).label("last_day")
    return sa.select(*keys, last).group_by(*keys)


def bounded(reach: Reach) -> sa.Subquery:
    """The keys of all periods, the last day of their windows (END) and the first (SINCE), unless windows begin with the
    facts."""
    periods = _periods(reach).subquery("periods")
    keys = [periods.c[item.ref] for item in reach.periods]
    told, end = [*keys, periods.c.last_day.label(END)], periods.c.last_day
    match reach.back:
        case None:
            return sa.select(*told).subquery("bounds")
        case "months" | "days":
            return sa.select(*told, _back_from(reach, end).label(SINCE)).subquery("bounds")
        case year:
            calendar = star.metadata.tables[reach.day.table]
            began = sa.select(calendar.c[year.name], sa.func.min(calendar.c[reach.day.name]).label(SINCE))
            years = began.group_by(calendar.c[year.name]).subquery("years")
            ref = next(item.ref for item in reach.periods if item.column == year)
            joined = periods.join(years, years.c[year.name] == periods.c[ref])
            return sa.select(*told, years.c[SINCE]).select_from(joined).subquery("bounds")


def _back_from(reach: Reach, end: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The first day of a window that ends with the day."""
    by = sa.bindparam(f"v{reach.by}", type_=sa.Integer())
    after = DaysLater(end, sa.literal_column("1", sa.Integer()))
    return MonthsLater(after, by) if reach.back == "months" else DaysLater(after, by)


def _since(reach: Reach, then: sa.FromClause, periods: sa.Subquery) -> list[sa.ColumnElement[bool]]:
    match reach.back:
        case None:
            return []
        case "months" | "days":
            return [then.c[reach.day.name] >= _back_from(reach, periods.c.last_day)]
        case year:
            ref = next(item.ref for item in reach.periods if item.column == year)
            return [then.c[year.name] == periods.c[ref]]


def spine_days(spine: Spine, facts: Star) -> sa.Select[Any]:
    """The periods that have to be there."""
    calendar = star.metadata.tables[spine.day.table]
    day = calendar.c[spine.day.name]
    last = _of_facts(facts, spine, sa.func.max)
    conditions = [condition_of(spine.where)]
    if spine.open_start:
        conditions.append(day >= _of_facts(facts, spine, sa.func.min))
    conditions.append(day <= last if spine.open_end else sa.or_(day <= _day(spine.today), day <= last))
    keys = [calendar.c[item.column.name].label(item.ref) for item in spine.periods]
    return sa.select(*keys).where(*conditions).distinct()


def _of_facts(facts: Star, times: Spine, end: Any) -> sa.ColumnElement[Any]:
    """The first or last day of the facts."""
    return _days_of(facts, times, end).correlate(None).scalar_subquery()


def _days_of(facts: Star, times: Reach | Spine, *ends: Any) -> sa.Select[Any]:
    """The first or last day of the facts, or both; of cells of months the first day of theirs, which lies in the same
    period."""
    if not times.kept:
        return from_star(facts, *(end(times.day.sql).label(f"day_{at}") for at, end in enumerate(ends)))
    months = _months(times.day, times.kept, "of_facts")
    days = (end(months.c[times.day.name]).label(f"day_{at}") for at, end in enumerate(ends))
    return from_star(facts, *days).join(months, of_months(times.kept, months))


def _day(slot: int) -> sa.BindParameter[Any]:
    return sa.bindparam(f"v{slot}", type_=sa.Date())
