"""The facts grouped once for each thing that is shown of a cell: its own, and those of other times.

Each group of facts is a branch: rows of keys, of a mask that says which keys are rolled up, and of parts. The branches
are laid on one another and then side by side, by their keys; grouping takes null for equal, which joins do not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from olap import star
from olap.beside.calendar import of_months, reaching, shifted, spine_days
from olap.beside.columns import OTHERS
from olap.beside.compared import ONCE, Apart, exactly, side_of, spans_of
from olap.beside.first import MASK, first_members
from olap.beside.parts import part_of, type_of
from olap.conditions import Condition
from olap.conversion import unknown
from olap.expressions import Expression, condition_of, from_star
from olap.physical import Part
from olap.plan import Aggregation, Beside, Shift, Star
from olap.snapshots import Level, Snapshots, times_of
from olap.vocabulary import SPLIT

OWN, SPINE, COMPARED, WINDOW = range(4)
ROLE, LOW, HIGH = "__role__", "__low__", "__high__"


def column_name(part: str, role: int) -> str:
    """What a branch's part is called beside those of the others."""
    return part if role == OWN else f"{part}__{role}"


@dataclass(frozen=True)
class Branches:
    """All branches of a shape. `parts` are what is aggregated, by their names."""

    shape: Aggregation
    beside: Beside
    parts: dict[Part, str]

    @cached_property
    def steps(self) -> list[list[str]]:
        """The keys that are rolled up together; with members that are ranked goes whether they are others."""
        ranking = self.beside.ranking
        return [
            [*refs, OTHERS] if ranking is not None and ranking.refs == refs else list(refs)
            for refs in self.beside.steps
        ]

    @property
    def keys(self) -> list[str]:
        return [key for step in self.steps for key in step]

    def mask(self, kept: Sequence[int]) -> int:
        """What GROUPING says of a row that keeps these steps: a bit for each rolled up one, the first the highest."""
        last = len(self.steps) - 1
        return sum(1 << (last - step) for step in range(len(self.steps)) if step not in kept)

    def rolled(self, key: str) -> list[int]:
        """The masks of the rows in which the key is rolled up."""
        step = next(place for place, keys in enumerate(self.steps) if key in keys)
        return [self.mask(kept) for kept in self.beside.sets if step not in kept]

    def cells(self) -> sa.Subquery:
        """Keys, mask and the parts of every branch, one row a cell; cells of no fact and no period are not there. Those
        of facts of the other time alone are: else the cells would not add up to what their total is compared with."""
        selects = [self._own(), *self._others()]
        if len(selects) == 1:
            return selects[0].subquery("cells")
        rows = sa.union_all(*selects).subquery("branches")
        roles = [OWN, *self.roles]
        keys = [rows.c[key] for key in self.keys]
        sides = [
            sa.func.max(sa.case((rows.c[ROLE] == role, rows.c[name]))).label(column_name(name, role))
            for role in roles
            for name in self.parts.values()
        ]
        ends = (
            [sa.func.min(rows.c[LOW]).label(LOW), sa.func.max(rows.c[HIGH]).label(HIGH)]
            if self._money
            else []
        )
        if not keys:
            return sa.select(*sides, *ends, sa.func.max(rows.c[MASK]).label(MASK)).subquery("cells")
        there = sa.func.min(rows.c[ROLE]) <= sa.literal_column(str(COMPARED))
        statement = sa.select(*keys, rows.c[MASK], *sides, *ends).group_by(*keys, rows.c[MASK])
        return statement.having(there).subquery("cells")

    @property
    def roles(self) -> list[int]:
        """The branches that have parts of their own."""
        given = {COMPARED: self.beside.shift, WINDOW: self.beside.reach}
        return [role for role, plan in given.items() if plan is not None]

    @property
    def _money(self) -> bool:
        return self.shape.currency is not None

    def _others(self) -> list[sa.Select[Any]]:
        found = []
        if self.beside.shift is not None:
            sided = side_of(self.shape.split, self.beside.shift) is not None
            spans = spans_of(self.beside, self.steps, sided=sided)
            found += [self._compared(sets, apart) for apart, sets in spans.items()]
        if self.beside.reach is not None:
            found.append(self._window())
        if self.beside.spine is not None:
            found.append(self._spine())
        return found

    def _own(self) -> sa.Select[Any]:
        return self._branch(OWN, self.shape.star, self._own_keys, self.beside.sets)

    def _compared(self, sets: Sequence[Sequence[int]], apart: Apart | None) -> sa.Select[Any]:
        """The facts of the days that those of the cell are compared with, each in the cell of its later day."""
        shift = self.beside.shift
        assert shift is not None
        calendar = star.metadata.tables[shift.day.table]
        side = side_of(self.shape.split, shift) if apart and SPLIT in apart else None
        days = shifted(shift) if apart is None else self._exactly(shift, apart, side)
        on = of_months(shift.kept, days, "then_")
        later = {at.sql: days.c[of.name] for of, at in shift.kept}
        beside = (days, on) if shift.kept else None
        statement = self._branch(COMPARED, self.shape.star, self._own_keys, self.beside.sets, beside=beside)
        if len(sets) < len(self.beside.sets):
            mask = sa.func.grouping(*(self._own_keys[step[0]] for step in self.steps))
            statement = statement.having(sa.or_(*(mask == self._mask_of(each) for each in sets)))
        once = sa.true() if side is None else days.c[ONCE] == sa.literal_column("1", sa.Integer())
        if side is not None:
            statement = statement.where(sa.or_(self._plain[SPLIT], once))

        def instead(element: Any, **_: Any) -> Any:
            if element is on or element is once or (self.beside.ranking and element is self._first):
                # Months are found by what they were; who comes first is said by the cell's own days.
                return element
            if shift.kept:
                return later.get(element) if isinstance(element, sa.Column) else None
            if element is calendar:
                return days
            return days.c[element.key] if getattr(element, "table", None) is calendar else None

        return cast("sa.Select[Any]", visitors.replacement_traverse(statement, {}, instead))

    def _exactly(self, shift: Shift, apart: Apart, side: Condition | None) -> sa.Subquery:
        first = self._among_first if OTHERS in apart else None
        return exactly(shift, [self._own_keys[key] for key in apart if key != SPLIT], side, first)

    def _window(self) -> sa.Select[Any]:
        """The facts of the cells' windows. Where periods are rolled up there is none: a fact lies in several."""
        reach = self.beside.reach
        assert reach is not None
        periods = {attribute.ref for attribute in reach.periods}
        days = reaching(reach)
        keys = {**self._own_keys, **{ref: days.c[ref] for ref in periods}}
        sets = [
            kept for kept in self.beside.sets if periods <= {key for step in kept for key in self.steps[step]}
        ]
        if reach.kept:
            on = of_months(reach.kept, days, "then_")
        else:
            facts = next(join.fact for join in reach.star.joins if join.key.table == reach.day.table)
            on = facts.sql == days.c.day_key
        return self._branch(WINDOW, reach.star, keys, sets, beside=(days, on))

    def _spine(self) -> sa.Select[Any]:
        """A row without parts for each period and each of the other keys."""
        spine = self.beside.spine
        assert spine is not None
        periods = spine_days(spine, self.shape.star).subquery("periods")
        others = {key: each for key, each in self._own_keys.items() if key not in periods.c}
        source: sa.FromClause = periods
        found: dict[str, Expression] = {key: periods.c[key] for key in periods.c.keys()}  # noqa: SIM118 (columns iterate as columns)
        if others:
            labelled = [each.label(key) for key, each in others.items()]
            rest = self._from(self.shape.star, *labelled).distinct().subquery("others")
            source = periods.join(rest, sa.true())
            found |= {key: rest.c[key] for key in others}
        return sa.select(
            *(found[key].label(key) for key in self.keys),
            sa.literal_column("0", sa.Integer()).label(MASK),
            sa.literal_column(str(SPINE), sa.Integer()).label(ROLE),
            *(sa.cast(sa.null(), type_of(part)).label(name) for part, name in self.parts.items()),
            *([sa.cast(sa.null(), sa.Integer()).label(end) for end in (LOW, HIGH)] if self._money else []),
        ).select_from(source)

    def _branch(
        self,
        role: int,
        facts: Star,
        keys: dict[str, Expression],
        sets: Sequence[Sequence[int]],
        *,
        beside: tuple[sa.FromClause, sa.ColumnElement[bool]] | None = None,
    ) -> sa.Select[Any]:
        tops = [keys[step[0]] for step in self.steps]
        mask = sa.func.grouping(*tops) if tops else sa.literal_column("0", sa.Integer())
        columns = [keys[key].label(key) for key in self.keys]
        columns += [mask.label(MASK), sa.literal_column(str(role), sa.Integer()).label(ROLE)]
        levels = [
            Level([key for step in each for key in self.steps[step]], mask == self._mask_of(each))
            for each in sets
        ]
        snapshots = self._snapshots(facts, keys, levels, beside)
        columns += [part_of(part, snapshots).label(name) for part, name in self.parts.items()]
        if self.shape.currency is not None:
            columns += [end.label(name) for name, end in zip((LOW, HIGH), self._ends(), strict=True)]
        statement = snapshots.joined(self._from(facts, *columns, beside=beside))
        if not tops:
            return statement
        kept = (sa.tuple_(*(keys[key] for step in each for key in self.steps[step])) for each in sets)
        return statement.group_by(sa.func.grouping_sets(*kept))

    def _ends(self) -> tuple[Expression, Expression]:
        """Equal where all amounts can be added: the currencies, or that none is without a rate."""
        assert self.shape.currency is not None
        conversion, code = self.shape.star.conversion, self.shape.currency.sql
        if conversion is None:
            return sa.func.min(code), sa.func.max(code)
        return sa.func.min(sa.literal_column("0", sa.Integer())), sa.func.max(unknown(conversion))

    def _mask_of(self, kept: Sequence[int]) -> sa.ColumnElement[int]:
        return sa.literal_column(str(self.mask(kept)), sa.Integer())

    def _snapshots(
        self,
        facts: Star,
        keys: dict[str, Expression],
        levels: Sequence[Level],
        beside: tuple[sa.FromClause, sa.ColumnElement[bool]] | None,
    ) -> Snapshots:
        """Where times are ranked, whether one is among the first is part of a cell's time."""
        ranking, times = self.beside.ranking, times_of(self.shape)
        if ranking is not None and times.issuperset(ranking.refs):
            return Snapshots(
                self.parts, facts, keys, levels, times | {OTHERS}, partial(self._from, beside=beside)
            )
        return Snapshots(self.parts, facts, keys, levels, times, partial(_joined, beside=beside))

    def _from(
        self,
        facts: Star,
        *columns: Expression,
        beside: tuple[sa.FromClause, sa.ColumnElement[bool]] | None = None,
    ) -> sa.Select[Any]:
        """Columns over the facts, with what says whether their member is among the first."""
        statement = _joined(facts, *columns, beside=beside)
        if self.beside.ranking is None:
            return statement
        return statement.join(*self._among_first, isouter=True)

    @property
    def _among_first(self) -> tuple[sa.FromClause, sa.ColumnElement[bool]]:
        """The first members, and when a fact's is one of them. Unknown may be: null equals null here."""
        assert self.beside.ranking is not None
        equal = (
            self._plain[ref].is_not_distinct_from(self._first.c[f"first_{place}"])
            for place, ref in enumerate(self.beside.ranking.refs)
        )
        return self._first, sa.and_(*equal)

    @cached_property
    def _plain(self) -> dict[str, Expression]:
        keys: dict[str, Expression] = {item.ref: item.column.sql for item in self.shape.attributes}
        if self.shape.split is not None:
            keys[SPLIT] = sa.case((condition_of(self.shape.split), sa.true()), else_=sa.false())
        return keys

    @cached_property
    def _own_keys(self) -> dict[str, Expression]:
        """The keys of a fact's cell: of a member that is not among the first they are null, and it is of the others."""
        ranking = self.beside.ranking
        if ranking is None:
            return self._plain
        first = self._first.c[MASK].is_not(None)
        named = {ref: sa.case((first, self._plain[ref])) for ref in ranking.refs}
        return {**self._plain, **named, OTHERS: sa.case((first, sa.false()), else_=sa.true())}

    @cached_property
    def _first(self) -> sa.CTE:
        """The members that come first, over the whole cell."""
        assert self.beside.ranking is not None
        return first_members(self.shape, self.beside.ranking, self._plain)


def _joined(
    facts: Star, *columns: Expression, beside: tuple[sa.FromClause, sa.ColumnElement[bool]] | None
) -> sa.Select[Any]:
    statement = from_star(facts, *columns)
    return statement if beside is None else statement.join(*beside)
