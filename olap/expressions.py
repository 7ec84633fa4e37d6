"""Conditions and formulas as SQLAlchemy expressions."""

from typing import Any

import sqlalchemy as sa

from olap import star
from olap.belonging import belongs
from olap.conditions import AllOf, AnyOf, Belongs, Compare, Condition, IsNull, Joined, OneOf, Without
from olap.conversion import converted, converting
from olap.dialect import BY_HASH, ExactDistinct
from olap.physical import Column, Count, CountDistinct, Sum
from olap.plan import Order, Page, Star
from olap.versions import joined

Expression = sa.ColumnElement[Any]

_CALENDAR = star.date.to_metadata(sa.MetaData())
"""The calendar beside the one that facts are joined to, whose days may stand for others."""


def from_star(facts: Star, *columns: Expression) -> sa.Select[Any]:
    """Columns over the facts of a star. Inner joins: row 0 of each dimension is Unknown, so none drops a fact."""
    source: sa.FromClause = star.table_of(facts.fact)
    for join in facts.joins:
        source = joined(source, join)
    if facts.conversion is not None:
        source = converting(source, facts.conversion)
    statement = sa.select(*columns).select_from(source)
    if any(join.version is not None for join in facts.joins):
        # Which row of a member is the current one is computed: Postgres expects one such row, and has one for each.
        statement = statement.where(sa.literal_column(BY_HASH, sa.Boolean()))
    return statement if facts.where == AllOf(()) else statement.where(condition_of(facts.where))


def limited(statement: sa.Select[Any], page: Page) -> sa.Select[Any]:
    """Only the rows of the page."""
    if page.limit is not None:
        statement = statement.limit(number(page.limit))
    return statement if page.offset is None else statement.offset(number(page.offset))


def ordered(column: Expression, order: Order) -> Expression:
    """Nulls last either way: engines disagree."""
    return (column.desc() if order.descending else column.asc()).nulls_last()


def number(slot: int) -> sa.BindParameter[Any]:
    """The whole number at a slot."""
    return _bound(slot, sa.BigInteger())


def _of_day(column: Column, slot: int) -> Expression:
    """What the calendar has in the column for the day at the slot."""
    calendar = _CALENDAR.alias("named")
    wanted = sa.select(calendar.c[column.name]).where(calendar.c.on_date == _bound(slot, sa.Date()))
    return wanted.correlate(None).scalar_subquery()


def _bound(slot: int, kind: sa.types.TypeEngine[Any], *, several: bool = False) -> sa.BindParameter[Any]:
    return sa.bindparam(f"v{slot}", type_=kind, expanding=several)


def condition_of(condition: Condition) -> sa.ColumnElement[bool]:
    """The condition, its values as parameters named after their slots."""
    match condition:
        case Compare(column=column, operator=operator, slot=slot, of_day=True):
            return column.sql.bool_op(operator)(_of_day(column, slot))
        case Compare(column=column, operator=operator, slot=slot):
            return column.sql.bool_op(operator)(_bound(slot, column.sql.type))
        case OneOf(column=column, slot=slot):
            return column.sql.in_(_bound(slot, column.sql.type, several=True))
        case IsNull(column=column):
            return column.sql.is_(None)
        case AllOf(parts=parts):
            return sa.and_(sa.true(), *map(condition_of, parts))
        case AnyOf(parts=parts):
            return sa.or_(sa.false(), *map(condition_of, parts))
        case Without(part=part, nulls=nulls):
            inner = condition_of(part)
            return sa.not_(sa.func.coalesce(inner, sa.false())) if nulls else sa.not_(inner)
        case Belongs():
            return belongs(condition, condition_of(condition.part))
        case Joined(join=join, part=part):
            return join.fact.sql.in_(sa.select(join.key.sql).where(condition_of(part)))


def aggregate_of(formula: Sum | Count | CountDistinct) -> Expression:
    """The formula over a group of facts."""
    match formula:
        case Sum(column=column, given=given, rate=rate):
            value = _given(column, given)
            return _sum_of(value if rate is None else converted(value, rate), column)
        case Count():
            return sa.func.count()
        case CountDistinct(once=True):
            return sa.func.count(counted(formula))
        case CountDistinct():
            return ExactDistinct(counted(formula))


def sum_again(part: Sum | Count, groups: Expression) -> Expression:
    """The formula over groups of facts, of each of which the column has it."""
    if isinstance(part, Sum):
        return _sum_of(groups, part.column)
    return sa.func.coalesce(sa.cast(sa.func.sum(groups), sa.BigInteger()), sa.literal(0, sa.Integer()))


def _sum_of(value: Expression, column: Column) -> Expression:
    """No facts, no revenue; but a cost that no fact knows is unknown, not nothing."""
    total = total_of(value, column)
    return total if column.sql.nullable else sa.func.coalesce(total, sa.literal(0, sa.Integer()))


def total_of(value: Expression, column: Column) -> Expression:
    """The sum of values that are of the column's type."""
    total: Expression = sa.func.sum(value)
    # Engines widen a sum of whole numbers, each to another type.
    return sa.cast(total, sa.BigInteger()) if isinstance(column.sql.type, sa.Integer) else total


def _given(column: Column, given: Column | None) -> Expression:
    return column.sql if given is None else sa.case((given.sql.is_not(None), column.sql))


def counted(formula: CountDistinct) -> Expression:
    """The value to count, null where it does not count."""
    value: Expression = formula.column.sql
    if formula.ignore is not None:
        value = sa.func.nullif(value, formula.ignore)
    if not formula.only:
        return value
    allowed = (sa.or_(*(column.sql == member for member in members)) for column, members in formula.only)
    return sa.case((sa.and_(*allowed), value))
