"""From the facts to a rollup: each column, join, condition and formula of a plan over the rollup's table."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from olap.conditions import (
    AllOf,
    AnyOf,
    Belongs,
    Compare,
    Condition,
    IsNull,
    Joined,
    OneOf,
    Without,
    columns_in,
)
from olap.physical import Column, CountDistinct, Formula, Join, Ratio, Snapshot, Sum, columns_of
from olap.plan import Star
from olap.rollups.declared import Rollup, named
from olap.rollups.understood import beyond


class NotHere(Exception):
    """The rollup cannot answer; says why."""


@dataclass(frozen=True)
class Over:
    """Puts parts of a plan over a rollup; `joins` are the plan's ways to its dimensions. Raises NotHere."""

    rollup: Rollup
    joins: tuple[Join, ...] = ()

    def check(self, node: object) -> None:
        """Rollups understand all that the node says."""
        word = beyond(node)
        if word is not None:
            raise NotHere(f"{word} is computed from the facts")

    def star(self, facts: Star, columns: Iterable[Column]) -> Star:
        """The rollup's table in place of the facts, with those of the joins that `columns` and the condition need."""
        self.check(facts)
        where = self.condition(facts.where)
        over = {self.column(column) for column in columns} | columns_in(where)
        tables = {column.table for column in over} - {self.rollup.table.name}
        joins = tuple(self.join(join) for join in facts.joins if join.key.table in tables)
        return Star(fact=self.rollup.table.name, joins=joins, where=where)

    def column(self, column: Column) -> Column:
        """Where the rollup has it: in its own table, or in a dimension whose key it keeps."""
        way = self._way(column.table)
        kept = self.rollup.keys.get(column)
        if kept is not None and (way is None or way == self.rollup.joins.get(column.table)):
            return kept
        if way is not None and way.fact in self.rollup.keys:
            return column
        if kept is not None:
            raise NotHere(f"it keeps {named(column)} as it was at the event, not as it is asked for")
        raise NotHere(f"it keeps no {named(column)}")

    def join(self, join: Join) -> Join:
        """The way from the rollup to the dimension."""
        self.check(join)
        # As of another time than the event's it does not matter of which day a cell is.
        day = join.day if join.day is None or join.version is not None else self._key(join.day)
        return replace(join, fact=self._key(join.fact), day=day)

    def condition(self, condition: Condition) -> Condition:
        """The same condition on cells; its values stay in their slots."""
        self.check(condition)
        match condition:
            case Compare(column=column) | OneOf(column=column) | IsNull(column=column):
                return replace(condition, column=self.column(column))
            case AllOf(parts=parts):
                return AllOf(tuple(map(self.condition, parts)))
            case AnyOf(parts=parts):
                return AnyOf(tuple(map(self.condition, parts)))
            case Without(part=part, nulls=nulls):
                return Without(self.condition(part), nulls=nulls)
            case Joined(join=join, part=part):
                return Joined(self.join(join), part)
            case Belongs(customer=customer, day=day):
                day = None if day is None else self._key(day)
                return replace(condition, customer=self._key(customer), day=day)

    def formula(self, formula: Formula) -> Formula:
        """The same value over cells, to the last digit."""
        if isinstance(formula, Snapshot):
            raise NotHere("the last day of each cell is looked for among the facts")
        if isinstance(formula, Sum) and formula.rate is not None:
            raise NotHere("each fact is converted at the rate of its own day")
        self.check(formula)
        if isinstance(formula, Ratio):
            return Ratio(self.formula(formula.numerator), self.formula(formula.denominator))
        found = self.rollup.parts.get(formula)
        if found is None:
            raise NotHere(_not_countable(formula))
        return found

    def _way(self, table: str) -> Join | None:
        return next((join for join in self.joins if join.key.table == table), None)

    def _key(self, column: Column) -> Column:
        found = self.rollup.keys.get(column)
        if found is None:
            raise NotHere(f"it keeps no {named(column)}")
        return found


def _not_countable(part: Formula) -> str:
    if isinstance(part, CountDistinct):
        return f"distinct {named(part.column)} cannot be counted from it: one may lie in several of its cells"
    return f"it stores nothing for {type(part).__name__.lower()} {', '.join(map(named, columns_of(part)))}"
