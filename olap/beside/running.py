"""Windows of what adds up, by running sums over days: as long as the days are, not as the days times their frames.

The facts are added up by day once. Along the days of the same cell, time aside, go the totals of facts and the points
where a window ends and where it begins; the window's value is the running sum at its end less that at its beginning.
Decimals and whole numbers lose nothing by that. What does not add up (distinct counts, levels) is counted anew in each
window, see `branches`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from olap.beside.calendar import END, SINCE, bounded
from olap.beside.parts import type_of
from olap.expressions import Expression
from olap.physical import Count, Part, Sum
from olap.plan import Reach

AT, PLACE = "__at__", "__place__"
BEGIN, FACTS, STOP = range(3)
"""On a day windows begin before its facts and end after them."""
KNOWN = "__known__"


Added = Mapping[Sum | Count, str]


def adding_up(parts: Mapping[Part, str], reach: Reach) -> Added:
    """The parts that are in a window what they are in a longer one less that in what comes before, to the last digit;
    none where months stand for days."""
    if reach.kept:
        return {}
    return {part: name for part, name in parts.items() if isinstance(part, Sum | Count) and _exact(part)}


def _exact(part: Sum | Count) -> bool:
    return isinstance(part, Count) or isinstance(part.column.sql.type, sa.Integer | sa.Numeric)


@dataclass(frozen=True)
class Running:
    """`totals` are the facts by day (AT) and the keys `others`, with `mask`, `parts` and the ends of their currencies,
    `low` and `high`, where amounts are added; `there` are the cells that are shown, of which those with a mask among
    `masks` have windows."""

    reach: Reach
    totals: sa.CTE
    there: sa.CTE
    others: Sequence[str]
    parts: Added
    masks: Sequence[int]
    mask: str
    ends: tuple[str, str] | None

    def windows(self) -> sa.Select[Any]:
        """The keys of each cell that is shown, its mask, the parts of its window and the ends of their currencies."""
        line = sa.union_all(*self._line()).subquery("line")
        alike = [line.c[self.mask], *(line.c[key] for key in self.others)]
        order = [line.c[AT], line.c[PLACE]]
        so_far = [
            _whole(sa.func.sum(value).over(partition_by=alike, order_by=order, rows=(None, 0)), value).label(
                name
            )
            for name, value in self._summed(line)
        ]
        keys = [*self.others, *(item.ref for item in self.reach.periods), self.mask]
        sums = sa.select(*(line.c[key] for key in keys), line.c[PLACE], *so_far).subquery("sums")
        at_ends = sa.select(*(sums.c[key] for key in keys), *self._between(sums)).where(
            sums.c[PLACE] != _number(FACTS)
        )
        return at_ends.group_by(*(sums.c[key] for key in keys))

    def _line(self) -> Iterator[sa.Select[Any]]:
        """Totals of days, ends and beginnings of windows."""
        names = [*self.parts.values(), *(self.ends or ())]
        periods = [item.ref for item in self.reach.periods]
        totals = self.totals
        yield sa.select(
            *(totals.c[key] for key in self.others),
            totals.c[self.mask],
            *(_none(self.there.c[key].type).label(key) for key in periods),
            totals.c[AT],
            _number(FACTS).label(PLACE),
            *(totals.c[name] for name in names),
        )
        points = self._points()
        kinds = [_none(type_of(part)) for part in self.parts]
        kinds += [_none(sa.Integer()) for _ in self.ends or ()]
        yield sa.select(
            *(points.c[key] for key in (*self.others, self.mask, *periods)),
            points.c[AT],
            points.c[PLACE],
            *(none.label(name) for none, name in zip(kinds, names, strict=True)),
        )

    def _points(self) -> sa.Subquery:
        """Where the windows of the cells that are shown end, and where they begin unless that is with the facts.

        Both of one look at these cells: ClickHouse makes them anew, and plans them anew, for each look.
        """
        there = self.there
        bounds = bounded(self.reach)
        keys = [*self.others, self.mask, *(item.ref for item in self.reach.periods)]
        same = (there.c[item.ref] == bounds.c[item.ref] for item in self.reach.periods)
        source, at, place = _places(there.join(bounds, sa.and_(*same)), bounds)
        return (
            sa.select(*(there.c[key] for key in keys), at.label(AT), place.label(PLACE))
            .select_from(source)
            .where(there.c[self.mask].in_([_number(mask) for mask in self.masks]))
            .distinct()
            .subquery("points")
        )

    def _summed(self, line: sa.Subquery) -> Iterator[tuple[str, Expression]]:
        """What is added up along the days, each under a name."""
        one, none = _number(1), _number(0)
        for part, name in self.parts.items():
            yield name, sa.cast(line.c[name], sa.BigInteger()) if _is_whole(part) else line.c[name]
            if _may_be_unknown(part):
                yield f"{name}{KNOWN}", sa.case((line.c[name].is_not(None), one), else_=none)
        if self.ends is not None:
            low, high = (sa.cast(line.c[name], sa.BigInteger()) for name in self.ends)
            yield "__rows__", sa.case((low.is_not(None), one), else_=none)
            yield "__codes__", low
            yield "__squares__", low * low
            yield "__apart__", high - low

    def _between(self, sums: sa.Subquery) -> Iterator[Expression]:
        """The parts of a window, and the ends of its currencies."""
        for part, name in self.parts.items():
            value = _difference(sums, name)
            if _is_whole(part):
                value = sa.cast(value, sa.BigInteger())
            if _may_be_unknown(part):
                value = sa.case((_difference(sums, f"{name}{KNOWN}") > _number(0), value))
            yield value.label(name)
        if self.ends is None:
            return
        rows, codes, squares, apart = (
            sa.cast(_difference(sums, name), sa.BigInteger())
            for name in ("__rows__", "__codes__", "__squares__", "__apart__")
        )
        # All codes are one where their variance is nothing.
        alike = sa.and_(apart == _number(0), rows * squares == codes * codes)
        code = sa.cast(codes / sa.func.nullif(rows, _number(0)), sa.Integer())
        for name, otherwise in zip(self.ends, (0, 1), strict=True):
            yield sa.case((alike, code), else_=_number(otherwise)).label(name)


def _places(cells: sa.FromClause, bounds: sa.Subquery) -> tuple[sa.FromClause, Expression, Expression]:
    """The cells, twice where windows begin as well as end, with the day and the place of either."""
    if SINCE not in bounds.c:
        return cells, bounds.c[END], _number(STOP)
    each = sa.union_all(*(sa.select(_number(place).label(PLACE)) for place in (STOP, BEGIN)))
    places = each.subquery("places")
    at = sa.case((places.c[PLACE] == _number(STOP), bounds.c[END]), else_=bounds.c[SINCE])
    return cells.join(places, sa.true()), at, places.c[PLACE]


def _difference(sums: sa.Subquery, name: str) -> Expression:
    """At the end of the window less at its beginning."""
    value: Expression = sums.c[name]
    return sa.func.sum(sa.case((sums.c[PLACE] == _number(STOP), value), else_=-value))


def _is_whole(part: Part) -> bool:
    return not isinstance(type_of(part), sa.Numeric)


def _whole(total: Expression, of: Expression) -> Expression:
    """The sum, 0 of nothing; that of whole numbers as one of their type: engines widen it, each in its own way."""
    known = sa.func.coalesce(total, _number(0))
    return known if isinstance(of.type, sa.Numeric) else sa.cast(known, sa.BigInteger())


def _may_be_unknown(part: Part) -> bool:
    return isinstance(part, Sum) and bool(part.column.sql.nullable)


def _number(number: int) -> sa.ColumnElement[int]:
    return sa.literal_column(str(number), sa.Integer())


def _none(kind: sa.types.TypeEngine[Any]) -> Expression:
    return sa.cast(sa.null(), kind)
