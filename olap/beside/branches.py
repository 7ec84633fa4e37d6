"""The facts grouped once for each thing that is shown of a cell: its own, and those of other times.

Each group of facts is a branch: rows of keys, of a mask that says which keys are rolled up, and of parts. The branches
are laid on one another and then side by side, by their keys; grouping takes null for equal, which joins do not.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from olap import star
from olap.beside.calendar import of_months, reaching, shifted, spine_days
from olap.beside.columns import OTHERS
from olap.beside.compared import ONCE, Apart, exactly, side_of, spans_of
from olap.beside.first import MASK
from olap.beside.grouping import HIGH, LOW, ROLE, Grouping
from olap.beside.parts import type_of
from olap.beside.running import AT, Added, Running, adding_up
from olap.conditions import Condition
from olap.expressions import Expression, aggregate_of
from olap.physical import Part
from olap.plan import Reach, Shift
from olap.vocabulary import SPLIT

OWN, SPINE, COMPARED, WINDOW = range(4)


def column_name(part: str, role: int) -> str:
    """What a branch's part is called beside those of the others."""
    return part if role == OWN else f"{part}__{role}"


class Branches(Grouping):
    """All branches of a shape."""

    def cells(self) -> sa.Subquery:
        """Keys, mask and the parts of every branch, one row a cell; cells of no fact and no period are not there. Those
        of facts of the other time alone are: else the cells would not add up to what their total is compared with."""
        selects = [self._own(), *self._others()]
        if self.beside.reach is not None:
            selects = self._with_windows(selects, self.beside.reach)
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

    def _others(self) -> list[sa.Select[Any]]:
        found = []
        if self.beside.shift is not None:
            sided = side_of(self.shape.split, self.beside.shift) is not None
            spans = spans_of(self.beside, self.steps, sided=sided)
            found += [self._compared(sets, apart) for apart, sets in spans.items()]
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

    def _with_windows(self, selects: list[sa.Select[Any]], reach: Reach) -> list[sa.Select[Any]]:
        """The branches and the windows of their cells: what adds up by running sums, what does not counted anew."""
        added = adding_up(self.parts, reach)
        anew = {part: name for part, name in self.parts.items() if part not in added}
        # Where periods are rolled up there is no window: a fact lies in several.
        periods = {attribute.ref for attribute in reach.periods}
        sets = [
            kept for kept in self.beside.sets if periods <= {key for step in kept for key in self.steps[step]}
        ]
        windows = [self._window(reach, sets, anew)] if anew else []
        if not added:
            return [*selects, *windows]
        there = (sa.union_all(*selects) if len(selects) > 1 else selects[0]).cte("shown_cells")
        return [sa.select(there), *windows, self._running(reach, sets, added, there)]

    def _window(
        self, reach: Reach, sets: Sequence[Sequence[int]], parts: Mapping[Part, str]
    ) -> sa.Select[Any]:
        """The facts of the cells' windows."""
        days = reaching(reach)
        keys = {**self._own_keys, **{item.ref: days.c[item.ref] for item in reach.periods}}
        if reach.kept:
            on = of_months(reach.kept, days, "then_")
        else:
            facts = next(join.fact for join in reach.star.joins if join.key.table == reach.day.table)
            on = facts.sql == days.c.day_key
        return self._branch(WINDOW, reach.star, keys, sets, beside=(days, on), parts=parts)

    def _running(
        self, reach: Reach, sets: Sequence[Sequence[int]], parts: Added, there: sa.CTE
    ) -> sa.Select[Any]:
        periods = {item.ref for item in reach.periods}
        others = [key for key in self.keys if key not in periods]
        ends = (LOW, HIGH) if self._money else None
        totals = self._of_days(reach, sets, parts, others).cte("day_totals")
        masks = [self.mask(kept) for kept in sets]
        found = Running(reach, totals, there, others, parts, masks, MASK, ends).windows().subquery("windows")
        nothing = {name: sa.cast(sa.null(), type_of(part)) for part, name in self.parts.items()}
        return sa.select(
            *(found.c[key] for key in self.keys),
            found.c[MASK],
            sa.literal_column(str(WINDOW), sa.Integer()).label(ROLE),
            *(found.c[name] if name in found.c else none.label(name) for name, none in nothing.items()),
            *(found.c[end] for end in ends or ()),
        )

    def _of_days(
        self, reach: Reach, sets: Sequence[Sequence[int]], parts: Added, others: Sequence[str]
    ) -> sa.Select[Any]:
        """The facts by day and by the keys of each set but those of periods."""
        day, keys = reach.day.sql, self._own_keys
        apart = [place for place, step in enumerate(self.steps) if set(step) <= set(others)]
        mask: Expression = self._mask_of(self.beside.sets[0])
        for place in apart:
            rolled = sa.func.grouping(keys[self.steps[place][0]])
            mask = mask + rolled * sa.literal_column(str(1 << (len(self.steps) - 1 - place)), sa.Integer())
        columns = [keys[key].label(key) for key in others]
        columns += [sa.cast(mask, sa.Integer()).label(MASK), day.label(AT)]
        columns += [aggregate_of(part).label(name) for part, name in parts.items()]
        if self.shape.currency is not None:
            columns += [end.label(name) for name, end in zip((LOW, HIGH), self._ends(), strict=True)]
        grouped = (
            sa.tuple_(day, *(keys[key] for step in each if step in apart for key in self.steps[step]))
            for each in sets
        )
        statement = self._from(reach.star, *columns).where(day.is_not(None))
        return statement.group_by(sa.func.grouping_sets(*grouped))

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
