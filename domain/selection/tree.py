"""The tree of what is asked. Every node of it has the key under which its answer stands.

Frozen and hashable: equal trees are one statement.
"""

from dataclasses import dataclass

from domain.selection.entities import Column, Entity, Relation, Term
from domain.selection.filters import Filter
from domain.selection.mixtures import Mixed
from domain.selection.values import Value


@dataclass(frozen=True)
class Constant:
    """The same text in every answer: the name of a type."""

    key: str
    text: str


@dataclass(frozen=True)
class Shown:
    """A column of the row."""

    key: str
    column: Column


@dataclass(frozen=True)
class Composite:
    """An object made of columns of the same row, null where one of `needed` is."""

    key: str
    needed: tuple[Column, ...]
    fields: "tuple[Field, ...]"


@dataclass(frozen=True)
class Rows:
    """Which rows of an entity: those that a relation leads to, or all, narrowed by a filter and a text searched for."""

    entity: Entity
    relation: Relation | None = None
    filter: Filter | None = None
    search: Value | None = None


@dataclass(frozen=True)
class One:
    """At most one row, null if there is none or it may not be seen."""

    key: str
    rows: Rows
    fields: "tuple[Field, ...]"


@dataclass(frozen=True)
class Listed:
    """All rows in order, or the first `most` of them. For what stays few: rules, the states of a grant."""

    key: str
    rows: Rows
    order: tuple[Term, ...]
    fields: "tuple[Field, ...]"
    most: int | None = None


@dataclass(frozen=True)
class Chosen:
    """Rows by opaque ids, in the order of the ids, null where there is none to see.

    `choices` are the entities that the ids may name, each with its fields; `most`, how many ids there may be.
    """

    key: str
    ids: Value
    choices: "tuple[tuple[Entity, tuple[Field, ...]], ...]"
    most: int | None = None


@dataclass(frozen=True)
class Kinds:
    """An object of one of several types: what is asked of each."""

    choices: "tuple[tuple[Entity, tuple[Field, ...]], ...]"


@dataclass(frozen=True)
class Nodes:
    """The rows of a page."""

    key: str
    fields: "tuple[Field, ...] | Kinds"


@dataclass(frozen=True)
class Cursor:
    """In an edge: the row's place in the order."""

    key: str


@dataclass(frozen=True)
class Node:
    """In an edge: the row."""

    key: str
    fields: "tuple[Field, ...] | Kinds"


@dataclass(frozen=True)
class Edges:
    """The rows of a page with their cursors."""

    key: str
    fields: tuple[Cursor | Node | Constant, ...]


@dataclass(frozen=True)
class PageInfo:
    """Where the page lies. Each field is (key, one of hasNextPage, hasPreviousPage, startCursor, endCursor)."""

    key: str
    fields: tuple[tuple[str, str] | Constant, ...]


@dataclass(frozen=True)
class Count:
    """How many rows there are on all pages; counting ends at `most`."""

    key: str
    most: int | None = None


Part = Edges | Nodes | PageInfo | Count | Constant
"""What may be asked of a page."""


@dataclass(frozen=True)
class Window:
    """Which page: the first `size` rows after `after` (or before `before`), or the last ones."""

    size: int
    backward: bool = False
    after: Value | None = None
    before: Value | None = None


@dataclass(frozen=True)
class Page:
    """One page of rows in order."""

    key: str
    rows: Rows | Mixed
    order: tuple[Term, ...]
    window: Window
    parts: tuple[Part, ...]


Field = Constant | Shown | Composite | One | Listed | Page | Chosen
"""What stands under one key of an object."""

Objects = tuple[Field, ...] | Kinds
"""What is asked of each row of a page."""

Selection = tuple[Field, ...]
"""One answer: its keys in order. All of it is one statement and one snapshot."""
