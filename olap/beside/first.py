"""The members that come first, found before the facts are grouped."""

from collections.abc import Mapping

import sqlalchemy as sa

from olap.beside.parts import compared, value_of
from olap.expressions import Expression, from_star, number, ordered
from olap.physical import parts_of
from olap.plan import Aggregation, Order, Ranking
from olap.snapshots import Level, Snapshots, times_of

MASK = "__mask__"
"""Which keys of a row are rolled up; of a first member just that it is one."""


def first_members(shape: Aggregation, ranking: Ranking, keys: Mapping[str, Expression]) -> sa.CTE:
    """A row for each, over the whole cell: its `keys` as `first_0` and so on, and a mask that is not null."""
    members = [keys[ref] for ref in ranking.refs]
    named = dict(ranking.formulas)
    plain = {ref: keys[ref] for ref in ranking.refs}
    parts = [part for each in (ranking.by, *named.values()) for part in parts_of(each)]
    one = [Level(ranking.refs, sa.true())]
    snapshots = Snapshots(parts, shape.star, plain, one, times_of(shape), from_star)
    conditions = [compared(value_of(named[bound.column], snapshots), bound) for bound in ranking.conditions]
    place = [ordered(value_of(ranking.by, snapshots), Order("", ranking.descending))]
    place += [ordered(key, Order("", descending=False)) for key in members]
    # Under names of their own: a reference is a table's column as well.
    labelled = [key.label(f"first_{rank}") for rank, key in enumerate(members)]
    statement = from_star(shape.star, *labelled, sa.literal_column("1", sa.Integer()).label(MASK))
    statement = snapshots.joined(statement).group_by(*members).having(sa.and_(sa.true(), *conditions))
    return statement.order_by(*place).limit(number(ranking.size)).cte("first_members")
