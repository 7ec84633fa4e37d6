"""Customers in equal parts as one statement: what each brought, his place, and what the parts come to."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from olap.dialect import ExactDistinct, ratio
from olap.expressions import Expression, aggregate_of, from_star
from olap.journeys.events import known
from olap.journeys.parts import addable, filled, same, whole_number
from olap.journeys.shapes import Deciles
from olap.journeys.words import CUMULATIVE_SHARE, DECILE, DECILE_SIZE, SHARE
from olap.physical import Formula, Ratio, Snapshot, Sum

WHOSE, WORTH, PLACE, OF = "whose", "worth", "place", "of_all"
LOW, HIGH = "__low__", "__high__"


@dataclass(frozen=True)
class DecilesRows:
    """The rows of the parts, the best first, and that of all customers."""

    shape: Deciles

    def rows(self, summary: str, mixed: str) -> sa.Select[Any]:
        """Attributes, part, size, values; `summary` is 1 in the row of the whole, `mixed` tells of currencies."""
        both = sa.union_all(self._whole(summary, mixed), self._parts(summary, mixed))
        return sa.select(both.subquery("rows"))

    @property
    def _by(self) -> str:
        return self.shape.aggregates[0][0]

    @property
    def _members(self) -> list[str]:
        return [f"member_{place}" for place, _ in enumerate(self.shape.attributes)]

    def _drilled(self) -> list[Expression]:
        members = zip(self.shape.attributes, self._members, strict=True)
        return [item.column.sql.label(name) for item, name in members]

    @cached_property
    def _placed(self) -> sa.CTE:
        """Each customer's part, among those of the same members."""
        shape = self.shape
        worth = _aggregated(shape.by).label(WORTH)
        brought = from_star(shape.star, shape.customer.sql.label(WHOSE), *self._drilled(), worth)
        keys = [shape.customer.sql, *(item.column.sql for item in shape.attributes)]
        each = brought.where(known(shape.customer)).group_by(*keys).subquery("brought")
        members = [each.c[name] for name in self._members]
        first = [each.c[WORTH].desc().nulls_last(), each.c[WHOSE]]
        place = sa.func.row_number().over(partition_by=members or None, order_by=first)
        of = sa.func.count().over(partition_by=members or None)
        ranked = sa.select(
            each.c[WHOSE],
            *members,
            sa.cast(place, sa.BigInteger()).label(PLACE),
            sa.cast(of, sa.BigInteger()).label(OF),
        ).subquery("ranked")
        # The part i of n is the first with place <= ceil(of x i / n): i = floor(n (place - 1) / of) + 1. What is left
        # over is taken off before it is divided, since engines disagree on what a quotient of whole numbers is.
        before = (ranked.c[PLACE] - whole_number(1)) * whole_number(shape.parts)
        part = sa.cast((before - sa.func.mod(before, ranked.c[OF])) / ranked.c[OF], sa.BigInteger())
        columns = [ranked.c[WHOSE], *(ranked.c[name] for name in self._members)]
        return sa.select(*columns, (part + whole_number(1)).label(DECILE)).cte("placed")

    def _values(self) -> list[Expression]:
        """The values over a group of facts."""
        columns: list[Expression] = [
            _aggregated(formula).label(name) for name, formula in self.shape.aggregates
        ]
        if self.shape.currency is not None:
            low, high = addable(self.shape.star, self.shape.currency)
            columns += [sa.func.min(low).label(LOW), sa.func.max(high).label(HIGH)]
        return columns

    def _cells(self) -> sa.Subquery:
        """What the customers of each part brought."""
        shape, placed = self.shape, self._placed
        columns = [*self._drilled(), placed.c[DECILE], ExactDistinct(placed.c[WHOSE]).label(DECILE_SIZE)]
        facts = from_star(shape.star, *columns, *self._values())
        members = [
            item.column.sql.is_not_distinct_from(placed.c[name])
            for item, name in zip(shape.attributes, self._members, strict=True)
        ]
        joined = facts.join(placed, sa.and_(shape.customer.sql == placed.c[WHOSE], *members))
        keys = [*(item.column.sql for item in shape.attributes), placed.c[DECILE]]
        return joined.where(known(shape.customer)).group_by(*keys).subquery("cells")

    def _grid(self) -> sa.Subquery:
        """Every part of every member, those of nobody too."""
        numbers = range(1, self.shape.parts + 1)
        parts = sa.union_all(*(sa.select(_number(each).label(DECILE)) for each in numbers)).subquery("parts")
        if not self._members:
            return parts
        placed = self._placed
        of = sa.select(*(placed.c[name] for name in self._members)).distinct().subquery("members")
        columns = [*(of.c[name] for name in self._members), parts.c[DECILE]]
        return sa.select(*columns).select_from(parts.join(of, sa.true())).subquery("grid")

    def _parts(self, summary: str, mixed: str) -> sa.Select[Any]:
        cells, grid = self._cells(), self._grid()
        members = [grid.c[name] for name in self._members]
        source = grid.outerjoin(cells, sa.and_(*same(grid, cells, [*self._members, DECILE])))
        ranked = filled(cells.c[self._by])
        total = sa.func.sum(ranked).over(partition_by=members or None)
        up_to = sa.func.sum(ranked).over(partition_by=members or None, order_by=grid.c[DECILE])
        columns: list[Expression] = [
            *(each.label(item.ref) for item, each in zip(self.shape.attributes, members, strict=True)),
            grid.c[DECILE].label(DECILE),
            filled(cells.c[DECILE_SIZE]).label(DECILE_SIZE),
            ranked.label(self._by),
            ratio(ranked, total).label(SHARE),
            ratio(up_to, total).label(CUMULATIVE_SHARE),
        ]
        columns += [
            (cells.c[name] if _unknown(formula) else filled(cells.c[name])).label(name)
            for name, formula in self.shape.aggregates[1:]
        ]
        return sa.select(*columns, *self._last(cells, summary, mixed, whole=0)).select_from(source)

    def _whole(self, summary: str, mixed: str) -> sa.Select[Any]:
        """All customers, each once, and all that they brought."""
        shape = self.shape
        size = ExactDistinct(shape.customer.sql).label(DECILE_SIZE)
        facts = from_star(shape.star, size, *self._values()).where(known(shape.customer))
        all_of = facts.subquery("all_of")
        ranked = filled(all_of.c[self._by])
        # Of nothing no part is known, nor is the whole.
        share = ratio(ranked, ranked)
        columns: list[Expression] = [
            *(sa.cast(sa.null(), item.column.sql.type).label(item.ref) for item in shape.attributes),
            sa.cast(sa.null(), sa.BigInteger()).label(DECILE),
            filled(all_of.c[DECILE_SIZE]).label(DECILE_SIZE),
            ranked.label(self._by),
            share.label(SHARE),
            share.label(CUMULATIVE_SHARE),
            *(all_of.c[name].label(name) for name, _ in shape.aggregates[1:]),
        ]
        return sa.select(*columns, *self._last(all_of, summary, mixed, whole=1))

    def _last(self, cells: sa.FromClause, summary: str, mixed: str, *, whole: int) -> list[Expression]:
        columns: list[Expression] = []
        if self.shape.currency is not None:
            columns.append((cells.c[LOW] != cells.c[HIGH]).label(mixed))
        return [*columns, whole_number(whole).label(summary)]


def _aggregated(formula: Formula) -> Expression:
    if isinstance(formula, Ratio):
        return ratio(_aggregated(formula.numerator), _aggregated(formula.denominator))
    assert not isinstance(formula, Snapshot), "refused when it was bound"
    return aggregate_of(formula)


def _unknown(formula: Formula) -> bool:
    """Whether of nobody it is unknown, not nothing."""
    return isinstance(formula, Ratio) or (isinstance(formula, Sum) and bool(formula.column.sql.nullable))


def _number(part: int) -> Expression:
    return sa.cast(whole_number(part), sa.BigInteger())
