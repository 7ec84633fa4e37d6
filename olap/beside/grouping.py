"""Facts grouped by the keys of a cell, on each level of totals: what all branches have in common."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import sqlalchemy as sa

from olap.beside.columns import OTHERS
from olap.beside.first import MASK, first_members
from olap.beside.parts import part_of, type_of
from olap.conversion import unknown
from olap.expressions import Expression, condition_of, from_star
from olap.physical import Part
from olap.plan import Aggregation, Beside, Star
from olap.snapshots import Level, Snapshots, times_of
from olap.vocabulary import SPLIT

ROLE, LOW, HIGH = "__role__", "__low__", "__high__"


@dataclass(frozen=True)
class Grouping:
    """How the facts of a shape are grouped. `parts` are what is aggregated, by their names."""

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

    @property
    def _money(self) -> bool:
        return self.shape.currency is not None

    def _branch(
        self,
        role: int,
        facts: Star,
        keys: dict[str, Expression],
        sets: Sequence[Sequence[int]],
        *,
        beside: tuple[sa.FromClause, sa.ColumnElement[bool]] | None = None,
        parts: Mapping[Part, str] | None = None,
    ) -> sa.Select[Any]:
        """Of the parts only those given, if any are; null stands in place of the others."""
        wanted = self.parts if parts is None else parts
        tops = [keys[step[0]] for step in self.steps]
        mask = sa.func.grouping(*tops) if tops else sa.literal_column("0", sa.Integer())
        columns = [keys[key].label(key) for key in self.keys]
        columns += [mask.label(MASK), sa.literal_column(str(role), sa.Integer()).label(ROLE)]
        levels = [
            Level([key for step in each for key in self.steps[step]], mask == self._mask_of(each))
            for each in sets
        ]
        snapshots = self._snapshots(wanted, facts, keys, levels, beside)
        columns += [
            (part_of(part, snapshots) if part in wanted else sa.cast(sa.null(), type_of(part))).label(name)
            for part, name in self.parts.items()
        ]
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
        parts: Iterable[Part],
        facts: Star,
        keys: dict[str, Expression],
        levels: Sequence[Level],
        beside: tuple[sa.FromClause, sa.ColumnElement[bool]] | None,
    ) -> Snapshots:
        """Where times are ranked, whether one is among the first is part of a cell's time."""
        ranking, times = self.beside.ranking, times_of(self.shape)
        if ranking is not None and times.issuperset(ranking.refs):
            return Snapshots(parts, facts, keys, levels, times | {OTHERS}, partial(self._from, beside=beside))
        return Snapshots(parts, facts, keys, levels, times, partial(_joined, beside=beside))

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
