"""How a fact reaches its dimensions: as they were at its event, as they are, or as they were at another moment."""

import sqlalchemy as sa

from olap import star
from olap.physical import Column, Join, Version


def joined(source: sa.FromClause, join: Join) -> sa.FromClause:
    """The source with the dimension's row beside each fact, whose number stays the same.

    The row of the event is there for each fact (Unknown has one), so that join is an inner one. At another moment, or
    where times are told by days, a member may have had no row: all of its traits are then null, as Unknown's are.
    """
    dimension = star.metadata.tables[join.key.table]
    if join.day is not None:
        then = _on(join.day, dimension) if join.version is None else _at(join.version, dimension)
        return source.outerjoin(dimension, sa.and_(join.fact.sql == join.key.sql, then))
    if join.version is None:
        return source.join(dimension, join.fact.sql == join.key.sql)
    member = f"{dimension.name}_id"
    fact = star.table_of(join.fact.table)
    if member in fact.c:
        return source.outerjoin(
            dimension, sa.and_(fact.c[member] == dimension.c[member], _at(join.version, dimension))
        )
    # A fact that names the row of its event alone: that row knows whose it is.
    was = dimension.alias(f"{dimension.name}_at_event")
    source = source.join(was, join.fact.sql == was.c[join.key.name])
    return source.outerjoin(
        dimension, sa.and_(was.c[member] == dimension.c[member], _at(join.version, dimension))
    )


def _on(day: Column, dimension: sa.Table) -> sa.ColumnElement[bool]:
    return sa.and_(dimension.c.from_key <= day.sql, dimension.c.to_key > day.sql)


def _at(version: Version, dimension: sa.Table) -> sa.ColumnElement[bool]:
    if version.slot is None:
        return dimension.c.is_current
    moment = sa.bindparam(f"v{version.slot}", type_=sa.DateTime(timezone=True))
    begun = sa.or_(dimension.c.valid_from.is_(None), dimension.c.valid_from < moment)
    return sa.and_(begun, sa.or_(dimension.c.valid_to.is_(None), dimension.c.valid_to >= moment))
