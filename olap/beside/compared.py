"""The days that those of a cell are compared with, where months alone do not tell them.

By months 28 February stands for four days of March. A cell of days or weeks is compared with exactly the days so long
before its own, and each of these counts once in it: so days stand for those of the keys that tell them apart.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from olap import star
from olap.beside.columns import OTHERS
from olap.conditions import AllOf, Condition, columns_in
from olap.dialect import MonthsLater
from olap.expressions import Expression, condition_of
from olap.plan import Beside, Shift
from olap.vocabulary import SPLIT

ONCE = "__once__"
"""Where a day stands for days on both sides of a split, 1 beside one of them: what else is split by may put it on the
same side twice."""
PLACE = "__place__"

Apart = tuple[str, ...]
"""The keys that tell apart days which stand beside the same one."""


def spans_of(
    beside: Beside, steps: Sequence[Sequence[str]], *, sided: bool
) -> dict[Apart | None, list[Sequence[int]]]:
    """The sets of `beside` by the keys of their cells below months, and by the split if that has sides; None where
    whole months are compared."""
    shift, ranking = beside.shift, beside.ranking
    assert shift is not None
    below = set(shift.below)
    if ranking is not None and not below.isdisjoint(ranking.refs):
        below.add(OTHERS)
    found: dict[Apart | None, list[Sequence[int]]] = {}
    for each in beside.sets:
        keys = [key for step in each for key in steps[step]]
        exact = shift.back is not None and (shift.every or not below.isdisjoint(keys))
        apart = tuple(key for key in keys if key in below or (sided and key == SPLIT))
        found.setdefault(apart if exact else None, []).append(each)
    return found


def side_of(split: Condition | None, shift: Shift) -> Condition | None:
    """What the split says of the shown day itself; None where it says nothing."""
    parts = split.parts if isinstance(split, AllOf) else ()
    told = tuple(part for part in parts if _of_shown(part, shift))
    return AllOf(told) if told else None


def _of_shown(part: Condition, shift: Shift) -> bool:
    columns = columns_in(part)
    return columns.isdisjoint(shift.own) and {column.table for column in columns} == {shift.day.table}


def exactly(
    shift: Shift,
    apart: Sequence[Expression],
    side: Condition | None,
    first: tuple[sa.FromClause, sa.ColumnElement[bool]] | None,
) -> sa.Subquery:
    """The calendar with the key of an earlier day in each row, each of them once for what `apart` and `side` say of the
    days of the cell that stand beside it. `first` are the members that are ranked, if `apart` needs them."""
    calendar = star.metadata.tables[shift.day.table]
    then, day = calendar.alias("then"), calendar.c[shift.day.name]
    (key,) = calendar.primary_key
    back = sa.bindparam(f"v{shift.back}", type_=sa.Integer())
    source: sa.FromClause = calendar.join(then, then.c[day.name] == MonthsLater(day, back))
    if first is not None:
        source = source.join(*first, isouter=True)
    own = {column.name for column in shift.own}
    told = [(then if each.name in own else calendar).c[each.name] for each in calendar.c if each is not key]
    one, none = (sa.literal_column(text, sa.Integer()) for text in "10")
    sides = [] if side is None else [sa.case((condition_of(side), one), else_=none)]
    last, alike = day.desc(), [then.c[key.name], *apart]
    place = sa.func.row_number().over(partition_by=[*alike, *sides], order_by=last)
    once = sa.func.row_number().over(partition_by=alike, order_by=[*sides, last])
    until = sa.bindparam(f"v{shift.today}", type_=sa.Date())
    pairs = (
        sa.select(then.c[key.name], *told, place.label(PLACE), once.label(ONCE))
        .select_from(source)
        .where(day <= until, sa.true() if shift.where is None else condition_of(shift.where))
        .subquery("pairs")
    )
    wanted = [column for column in pairs.c if column.key != PLACE]
    return sa.select(*wanted).where(pairs.c[PLACE] == one).subquery("shifted")
