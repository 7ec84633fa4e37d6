"""The columns of an answer, made of the parts of its cells: values, comparisons, windows, shares and marks."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from olap.beside import columns as names
from olap.beside.branches import COMPARED, OWN, WINDOW, Branches, column_name
from olap.beside.first import MASK
from olap.beside.grouping import HIGH, LOW
from olap.beside.parts import compared
from olap.dialect import ratio
from olap.expressions import Expression, ordered
from olap.physical import Formula, Part, Ratio, Snapshot, Sum, is_of_money
from olap.plan import Order


class Values:
    """What the cells of `branches` come to. Changes and shares come of exact values, in double where they divide."""

    def __init__(self, branches: Branches, cells: sa.Subquery) -> None:
        self._branches = branches
        self._beside = branches.beside
        self._shape = branches.shape
        self._cells = cells

    def columns(self) -> Iterator[Expression]:
        """Keys, each aggregate with what stands beside it, and marks."""
        yield from (self._cells.c[key] for key in self._branches.keys)
        for name, formula in self._shape.aggregates:
            yield self._of(formula, OWN).label(name)
            for kind in names.kinds_of(name, self._beside):
                yield self._kind(formula, kind).label(names.beside_name(name, kind))
        if self._beside.totals:
            yield self._totals().label(names.TOTALS)

    def mixed(self) -> Expression:
        """Whether the row holds several currencies; where it says nothing of one row alone, whether any does."""
        row = self._cells.c[LOW] != self._cells.c[HIGH]
        if self._by_currency:
            return row
        return sa.func.max(sa.case((row, 1), else_=0)).over() == sa.literal_column("1", sa.Integer())

    def summary(self) -> Expression:
        """1 in the row that stands for the whole cell."""
        return sa.case((self._cells.c[MASK] == _whole(self._branches.mask(())), 1), else_=0)

    @property
    def _by_currency(self) -> bool:
        currency = self._shape.currency
        if self._shape.star.conversion is not None:
            return False
        return currency is not None and any(
            join.fact == currency and item.column.table == join.key.table
            for join in self._shape.star.joins
            for item in self._shape.attributes
        )

    def _kind(self, formula: Formula, kind: str) -> Expression:
        own = self._of(formula, OWN)
        match kind:
            case names.COMPARED:
                return self._of(formula, COMPARED)
            case names.CHANGE:
                return own - self._of(formula, COMPARED)
            case names.RATE:
                then = self._of(formula, COMPARED)
                return ratio(own - then, then)
            case names.WINDOW:
                return self._of(formula, WINDOW)
            case _:
                return self._share(own)

    def _of(self, formula: Formula, role: int) -> Expression:
        """The formula's value in a branch; none where it would add several currencies."""
        value = self._value(formula, role)
        if self._by_currency and is_of_money(formula):
            return sa.case((self._cells.c[LOW] != self._cells.c[HIGH], sa.null()), else_=value)
        return value

    def _value(self, formula: Formula, role: int) -> Expression:
        if isinstance(formula, Ratio):
            return ratio(self._value(formula.numerator, role), self._value(formula.denominator, role))
        column = self._cells.c[column_name(self._branches.parts[formula], role)]
        alone = self._beside.spine is None and self._beside.shift is None
        return column if role == OWN and alone else self._filled(formula, column, role)

    def _filled(self, formula: Part, column: Expression, role: int) -> Expression:
        """Of no facts a count is nothing and a revenue too; a window says nothing of rolled up periods. A level that
        nobody noted is unknown."""
        if isinstance(formula, Snapshot) or (isinstance(formula, Sum) and formula.column.sql.nullable):
            return column
        filled = sa.func.coalesce(column, sa.literal_column("0", sa.Integer()), type_=column.type)
        if role != WINDOW or self._beside.reach is None:
            return filled
        rolled = {mask for item in self._beside.reach.periods for mask in self._branches.rolled(item.ref)}
        return sa.case((self._cells.c[MASK].in_(_list(rolled)), sa.null()), else_=filled)

    def _share(self, value: Expression) -> Expression:
        """The value's part of that of the row that it is a share of."""
        cells, branches = self._cells, self._branches
        parts: dict[tuple[int, ...], set[int]] = {}
        for kept, parent in self._beside.share:
            parts.setdefault(parent, set()).add(branches.mask(kept))
        wholes = []
        for parent, masks in parts.items():
            of_parent = sa.case((cells.c[MASK] == _whole(branches.mask(parent)), value))
            keys = [cells.c[key] for step in parent for key in branches.steps[step]]
            whole = sa.func.max(of_parent).over(partition_by=keys or None)
            wholes.append((cells.c[MASK].in_(_list(masks)), whole))
        return ratio(value, sa.case(*wholes))

    def _totals(self) -> Expression:
        """The keys that a row has added up."""
        branches = self._branches
        cases = []
        for kept in branches.beside.sets[1:]:
            rolled = [key for step, keys in enumerate(branches.steps) if step not in kept for key in keys]
            text = ",".join(key for key in rolled if key != names.OTHERS)
            cases.append((self._cells.c[MASK] == _whole(branches.mask(kept)), sa.literal(text)))
        return sa.case(*cases)


def shown(answer: sa.Subquery, branches: Branches) -> sa.ColumnElement[bool]:
    """Which rows come out: the summary always, cells that fulfil the conditions, and totals if they are asked."""
    beside, mask = branches.beside, answer.c[MASK]
    cell, whole = _whole(0), _whole(branches.mask(()))
    conditions: list[sa.ColumnElement[bool]] = [] if beside.totals else [mask.in_([cell, whole])]
    if beside.conditions:
        held = sa.and_(*(compared(answer.c[bound.column], bound) for bound in beside.conditions))
        conditions.append(sa.or_(mask != cell, held))
    if beside.ranking is not None and not beside.ranking.others:
        others = answer.c[names.OTHERS]
        conditions.append(sa.or_(others.is_(None), sa.not_(others)))
    return sa.and_(sa.true(), *conditions)


def order_of(answer: sa.Subquery, branches: Branches, asked: Sequence[Order]) -> list[Expression]:
    """In the order of the levels totals follow what they add up, and others the members before them; in an order by
    something else totals come last, and others before them."""
    beside, keys = branches.beside, set(branches.keys)
    natural = not asked or asked[0].ref in keys
    order: list[Expression] = [] if natural or not beside.totals else [answer.c[MASK]]
    others = [] if beside.ranking is None else [answer.c[names.OTHERS].asc().nulls_last()]
    if not natural:
        order += others
    for item in asked:
        if natural and beside.totals and item.ref in keys:
            order.append(sa.case((answer.c[MASK].in_(_list(set(branches.rolled(item.ref)))), 1), else_=0))
        if natural and beside.ranking is not None and item.ref == beside.ranking.refs[0]:
            order += others
        order.append(ordered(answer.c[item.ref], item))
    return order


def _whole(number: int) -> sa.ColumnElement[int]:
    return sa.literal_column(str(number), sa.Integer())


def _list(numbers: set[int]) -> list[Any]:
    return [_whole(number) for number in sorted(numbers)]
