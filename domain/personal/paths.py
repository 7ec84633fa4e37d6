"""Which rows belong to a customer: found by walking the foreign keys, so that no table can be forgotten.

A row belongs to the customer that its own key names. Where it names none, it belongs to the customer of the other rows
it refers to: an anonymous touchpoint about an order is of the one who ordered. What refers to no customer itself, as an
order's line, belongs to whom its parent belongs to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    Column,
    ColumnElement,
    ForeignKey,
    MetaData,
    Table,
    and_,
    any_,
    bindparam,
    or_,
    select,
)

SUBJECT_TABLE = "customers"


@dataclass(frozen=True)
class Ways:
    """How a table leads to customers, `distance` keys away: by `nearest` keys, or where those are null by `others`."""

    distance: int
    nearest: tuple[ForeignKey, ...] = ()
    others: tuple[ForeignKey, ...] = ()


def subjects() -> BindParameter[Sequence[int]]:
    """The customers' keys, as the parameter `subjects` of every statement made here."""
    return bindparam("subjects", type_=ARRAY(BigInteger()))


def ways(metadata: MetaData) -> Mapping[str, Ways]:
    """Every table from which keys lead to customers, by name, nearest first."""
    distances = {SUBJECT_TABLE: 0}
    while found := {
        table.name: distance + 1
        for table in metadata.sorted_tables
        if table.name not in distances
        and (distance := min((distances[name] for name in _targets(table) if name in distances), default=-1))
        >= 0
    }:
        distances |= found
    made = {name: _ways(metadata.tables[name], distances) for name in distances}
    return dict(sorted(made.items(), key=lambda each: (each[1].distance, each[0])))


def _targets(table: Table) -> list[str]:
    return [key.column.table.name for key in table.foreign_keys]


def _ways(table: Table, distances: Mapping[str, int]) -> Ways:
    own = distances[table.name]
    keys = sorted(table.foreign_keys, key=lambda key: key.parent.name)
    leading = [key for key in keys if key.column.table is not table and key.column.table.name in distances]
    nearest = tuple(key for key in leading if distances[key.column.table.name] == own - 1)
    others = tuple(key for key in leading if distances[key.column.table.name] == own and own > 0)
    return Ways(own, nearest, others)


def belongs(table: Table, found: Mapping[str, Ways]) -> ColumnElement[bool]:
    """SQL: the row of `table` belongs to one of the `subjects`."""
    here = found[table.name]
    nearest = _by_nearest(table, found)
    nullable = all(key.parent.nullable for key in here.nearest)
    if not here.others or not nullable:
        return nearest
    unnamed = and_(*(key.parent.is_(None) for key in here.nearest))
    return or_(nearest, and_(unnamed, or_(*(_within(key, found) for key in here.others))))


def _by_nearest(table: Table, found: Mapping[str, Ways]) -> ColumnElement[bool]:
    if table.name == SUBJECT_TABLE:
        key: Column[int] = table.c.id
        return key == any_(subjects())
    return or_(*(_leads(key, found) for key in found[table.name].nearest))


def _leads(key: ForeignKey, found: Mapping[str, Ways]) -> ColumnElement[bool]:
    if key.column.table.name == SUBJECT_TABLE:
        return key.parent == any_(subjects())
    return key.parent.in_(select(key.column).where(belongs(key.column.table, found)))


def _within(key: ForeignKey, found: Mapping[str, Ways]) -> ColumnElement[bool]:
    """By the nearest keys of the other table only: two tables that refer to each other would go round for ever."""
    return key.parent.in_(select(key.column).where(_by_nearest(key.column.table, found)))
