"""What the comment at the head of a mart view declares: the columns, and which changes renew which rows.

A view of the star says it in lines that begin with `-- @`:

    -- @fact                                it holds facts; else it is a dimension
    -- @monthly                             a month that begins adds rows; DuckDB runs it as well: see olap/inside.py
    -- @follows order by order_id           when an order changes, the rows with its id are read anew
    -- @follows order by sales.order_id     when an order changes, those of whoever has it in `sales`, then and now
    -- @follows category by *               when a category changes, all rows are
    -- @follows scores by customer.*        when scores change, the rows of whoever is in `customer` are
    -- @follows consent through consented   when a consent changes, those that mart.consented (id, root_id) names are
    -- @narrow bought                       of few roots, this view that it reads is read for those: they are in it
    -- @narrow versions by id of bought     and this one for whom that other view then names
    -- @column cost money not null          a column and its type; the first one is the key

The first column that is followed names the rows that are replaced together. `by` another column finds those that the
cube has: a row that comes to name the id has an event of its own. Where it has none, a view tells. Other views
(`state`, `changes`) declare nothing.
"""

import re
from dataclasses import dataclass

from olap.errors import ModelError

COLUMN = re.compile(r"(\w+) (\w+)( not null)?")
FOLLOWS = re.compile(r"(\w+) (?:by (?:(\w+)\.)?(\w+|\*)|through (\w+))")
NARROW = re.compile(r"(\w+)(?: by (\w+) of (\w+))?")
FLAGS = ("fact", "monthly")
TOLD = ("column ", "follows ", "narrow ")
EVERY = "*"


@dataclass(frozen=True)
class ColumnHead:
    """A column of the view; `kind` is one of the star's types."""

    name: str
    kind: str
    nullable: bool


@dataclass(frozen=True)
class Follow:
    """A change of the aggregate renews the rows with its id in `column`, or those that the view `through` names.

    With a `table` the column is that table's, and the rows are those of whom it names there.
    """

    aggregate: str
    column: str | None
    through: str | None
    table: str | None = None


@dataclass(frozen=True)
class Narrow:
    """A view that is read for some roots alone: those in a column of its own, or whom another view `of` names in it."""

    view: str
    column: str | None
    of: str | None

    def where(self, those: str) -> str:
        """The condition on its rows, given that on the roots."""
        return those if self.of is None else f"{self.column} IN (SELECT {self.column} FROM {self.of})"  # noqa: S608


@dataclass(frozen=True)
class Head:
    """A view of the star. Rows that agree in `root` are replaced together; None: no event tells of them."""

    name: str
    fact: bool
    columns: tuple[ColumnHead, ...]
    follows: tuple[Follow, ...]
    monthly: bool = False
    narrow: tuple[Narrow, ...] = ()

    @property
    def root(self) -> str | None:
        return self.follows[0].column if self.follows else None


def head_of(name: str, definition: str) -> Head | None:
    """The declaration of a view; None where it declares nothing. Raises ModelError for a line it does not know."""
    declared = [line[4:].strip() for line in definition.splitlines() if line.startswith("-- @")]
    columns = tuple(_column(name, line) for line in declared if line.startswith("column "))
    follows = tuple(_follow(name, line) for line in declared if line.startswith("follows "))
    narrow = tuple(_narrow(name, line) for line in declared if line.startswith("narrow "))
    unknown = [line for line in declared if line not in FLAGS and not line.startswith(TOLD)]
    if unknown:
        raise ModelError(
            f"the view {name} declares {unknown[0]!r}; known: fact, monthly, follows, narrow, column"
        )
    return (
        Head(name, "fact" in declared, columns, follows, "monthly" in declared, narrow) if columns else None
    )


def _column(view: str, line: str) -> ColumnHead:
    found = COLUMN.fullmatch(line.removeprefix("column "))
    if found is None:
        raise ModelError(f"the view {view} declares {line!r}; wanted: column <name> <type> [not null]")
    return ColumnHead(found[1], found[2], nullable=found[3] is None)


def _narrow(view: str, line: str) -> Narrow:
    found = NARROW.fullmatch(line.removeprefix("narrow "))
    if found is None:
        raise ModelError(
            f"the view {view} declares {line!r}; wanted: narrow <view>, or narrow <view> by <column> of <view>"
        )
    return Narrow(view=found[1], column=found[2], of=found[3])


def _follow(view: str, line: str) -> Follow:
    found = FOLLOWS.fullmatch(line.removeprefix("follows "))
    if found is None:
        raise ModelError(
            f"the view {view} declares {line!r};"
            " wanted: follows <aggregate> by <column>, by <table>.<column>, by * or through <view>"
        )
    return Follow(aggregate=found[1], table=found[2], column=found[3], through=found[4])
