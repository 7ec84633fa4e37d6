"""What the model's names stand for in the star: columns, joins and the formulas of aggregates."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import sqlalchemy as sa

from olap import star
from olap.errors import ModelError


@dataclass(frozen=True, order=True)
class Column:
    """A column of the star, by name: hashable, comparable, the same for every engine."""

    table: str
    name: str

    @property
    def sql(self) -> "sa.Column[object]":
        return star.table_of(self.table).c[self.name]


@dataclass(frozen=True)
class Version:
    """Which row of a dated dimension is meant: the one at the moment at `slot`, the current one without a slot."""

    slot: int | None = None


@dataclass(frozen=True)
class Join:
    """How a dimension's table is reached: the fact's column equals the dimension's key.

    That is the row of the event's time; with a `version` it is another one of the same member. With a `day` the key is
    a customer's, who has a row for each time: that of the fact's `day`, unless a `version` says another.
    """

    fact: Column
    key: Column
    version: Version | None = None
    day: Column | None = None


@dataclass(frozen=True)
class Conversion:
    """Amounts in the currency whose code is at slot `to`, at the rate of each fact's `currency` and `day`. Those in
    `amounts` are asked: a fact in which all of them are nothing needs no rate."""

    currency: Column
    day: Column
    to: int
    amounts: tuple[Column, ...]


@dataclass(frozen=True)
class Sum:
    """The sum of a measure, over the rows where `given` is known if it is set; each amount converted by `rate`."""

    column: Column
    money: bool
    given: Column | None = None
    rate: Conversion | None = None


@dataclass(frozen=True)
class Count:
    """The number of facts."""


@dataclass(frozen=True)
class CountDistinct:
    """The number of distinct values, over the facts that are `only` of some members, without the value `ignore`.

    `once`: no group has a value twice, so that counting them is enough; a rollup says so, never a model.
    """

    column: Column
    only: tuple[tuple[Column, tuple[str, ...]], ...] = ()
    ignore: int | None = None
    once: bool = False


@dataclass(frozen=True)
class Snapshot:
    """The sum of a level that is noted day by day, over the facts of one day of the cell's time: the last that has
    facts, or the first. Along every other dimension it adds up.

    `day` is the fact's key of its day, `told` are the fact's columns that say something of that day alone, so that they
    say a time as the calendar's do. The facts that agree in `per` have a last day of their own; without it all
    have the same. Without a column the facts of the day are counted.
    """

    column: Column | None
    money: bool
    day: Column
    told: tuple[Column, ...] = ()
    per: tuple[Column, ...] = ()
    end: Literal["last", "first"] = "last"
    rate: Conversion | None = None


@dataclass(frozen=True)
class Ratio:
    """One aggregate by another, in double, from their exact parts; null where the divisor is zero or null."""

    numerator: "Formula"
    denominator: "Formula"


Part = Sum | Count | CountDistinct | Snapshot
Formula = Part | Ratio


def is_of_money(formula: Formula) -> bool:
    """Whether amounts go in, so that facts of several currencies must not be taken together."""
    match formula:
        case Sum(money=money) | Snapshot(money=money):
            return money
        case Ratio(numerator=numerator, denominator=denominator):
            return is_of_money(numerator) or is_of_money(denominator)
        case _:
            return False


def amounts_of(formula: Formula) -> Iterator[Column]:
    """The columns of the formula that are money."""
    for part in parts_of(formula):
        match part:
            case Sum(column=column, money=True) | Snapshot(column=Column() as column, money=True):
                yield column


def converted_by(formula: Formula, rate: Conversion) -> Formula:
    """The formula with every amount converted before it is added."""
    match formula:
        case Sum(money=True) | Snapshot(money=True):
            return replace(formula, rate=rate)
        case Ratio(numerator=numerator, denominator=denominator):
            return Ratio(converted_by(numerator, rate), converted_by(denominator, rate))
        case _:
            return formula


def columns_of(formula: Formula) -> Iterator[Column]:
    """Every column the formula reads."""
    match formula:
        case Sum(column=column, given=given):
            yield column
            if given is not None:
                yield given
        case CountDistinct(column=column, only=only):
            yield column
            yield from (restricted for restricted, _ in only)
        case Snapshot(column=level, day=day, per=per):
            yield from (day, *per, *([] if level is None else [level]))
        case Ratio(numerator=numerator, denominator=denominator):
            yield from columns_of(numerator)
            yield from columns_of(denominator)


def parts_of(formula: Formula) -> Iterator[Part]:
    """What is aggregated from facts, of which the formula is made."""
    if isinstance(formula, Ratio):
        yield from parts_of(formula.numerator)
        yield from parts_of(formula.denominator)
    else:
        yield formula


def column_at(path: str) -> Column:
    """The column that `table.column` names. Raises ModelError where the star has none of that name."""
    table, _, name = path.partition(".")
    if table not in star.metadata.tables:
        known = ", ".join(sorted(star.metadata.tables))
        raise ModelError(f"the model names the table {table!r}; the star has: {known}")
    if name not in star.metadata.tables[table].c:
        known = ", ".join(star.metadata.tables[table].c.keys())
        raise ModelError(f"the model names the column {path!r}; {table} has: {known}")
    return Column(table, name)
