"""Whose facts are those of a segment's customers: a semi-join, so that no fact is counted twice however many segments
its customer is in."""

import sqlalchemy as sa

from olap import star
from olap.conditions import Belongs
from olap.physical import Column, Version

_members = star.table_of("membership")
_segment = star.table_of("segment")
_named = _segment.c.segment_key == _members.c.segment_key

Expression = sa.ColumnElement[bool]


def belongs(condition: Belongs, wanted: Expression) -> Expression:
    """The condition on facts; `wanted` is the one on segments."""
    if condition.day is not None:
        return _on_its_day(condition.customer, condition.day, wanted)
    members = _members.join(_segment, _named)
    then = _at(condition.version or Version())
    found = sa.select(_members.c.customer_id).select_from(members).where(wanted, then)
    return condition.customer.sql.in_(found)


def _on_its_day(customer: Column, day: Column, wanted: Expression) -> Expression:
    """By pairs, not by a correlated look for each fact, which ClickHouse does not know."""
    member, seen = _members.c, star.table_of(customer.table).alias("seen")
    whose, on = seen.c[customer.name], seen.c[day.name]
    source = seen.join(_members, member.customer_id == whose).join(_segment, _named)
    inside = sa.and_(member.entered_key <= on, sa.or_(member.left_key.is_(None), member.left_key > on))
    pairs = sa.select(whose, on).select_from(source).where(wanted, inside)
    return sa.tuple_(customer.sql, day.sql).in_(pairs)


def _at(version: Version) -> Expression:
    member = _members.c
    if version.slot is None:
        return member.left_at.is_(None)
    moment = sa.bindparam(f"v{version.slot}", type_=sa.DateTime(timezone=True))
    begun = sa.or_(member.entered_at.is_(None), member.entered_at < moment)
    return sa.and_(begun, sa.or_(member.left_at.is_(None), member.left_at >= moment))
