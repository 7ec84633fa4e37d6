"""Entities: what may be asked of an aggregate's rows. Declared once, in domain/<aggregate>/queries.py.

    class Orders(Entity):
        net_revenue = computed(lambda order: ..., Numeric())
        lines = many(lambda: order_lines, on=lambda order, line: line.c.order_id == order.c.id)

    orders = Orders("Order", Order.__table__, visible_to=visible_to, order=(("ordered_at", DESC),))

Every column of the table is there under its name (`orders.number`); computed values and relations are attributes. A
relation to an aggregate of a higher layer is declared there (`orders_of_customer`), since customers know no orders.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Integer,
    SmallInteger,
    Text,
    true,
)
from sqlalchemy.types import TypeEngine

from domain.base import Personal
from domain.selection import formats, ids, stored
from domain.selection.gathering import Gathering
from domain.selection.sql import known

if TYPE_CHECKING:
    from domain.access import Actor

Row = FromClause
"""One row of an entity inside a statement: an alias of its table."""

ASC, DESC = False, True


@dataclass(frozen=True, kw_only=True)
class Search:
    """Which columns of an entity are searched for text, and how they are called in the schema.

    `indexed`: the table has the columns `sought` and `grams` of the first and the second (migrations/sql/search.sql);
    without them every row is looked at, which is for what stays few.
    """

    names: tuple[str, ...]
    words: str
    indexed: bool = False


Visible = Callable[["Actor", Row], ColumnElement[bool]]


@dataclass(eq=False, kw_only=True)
class Column:
    """One value in each row.

    `value` compares and sorts, `shown` is what JSON holds, `read` takes in what a caller sends. `leads` says where a
    value that was sent leads, where that may be another. `gathered`: it is worked out of rows of other tables, so who
    orders by it looks at all rows before the first is known; `gathering` says how, if that can be done for all at once.
    """

    value: Callable[[Row], ColumnElement[Any]]
    sql_type: TypeEngine[Any]
    shown: Callable[[Row], ColumnElement[Any]]
    nullable: bool
    personal: Personal = Personal.NONE
    read: Callable[[Any], Any] = field(default=lambda sent: sent)
    leads: Callable[[ColumnElement[Any]], ColumnElement[Any]] = field(default=lambda sent: sent)
    gathered: bool = False
    gathering: Gathering | None = None
    name: str = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @property
    def is_time(self) -> bool:
        """Whether its values are times or days, whose periods are half open."""
        return isinstance(self.sql_type, DateTime | Date)


@dataclass(eq=False, kw_only=True)
class Relation:
    """The way from a row to rows of another entity. `order` is used where the asker names none."""

    target: Callable[[], "Entity"]
    on: Callable[[Row, Row], ColumnElement[bool]]
    many: bool
    nullable: bool = True
    order: "tuple[Term, ...]" = ()


@dataclass(frozen=True)
class Term:
    """One column of an ordering."""

    column: Column
    descending: bool = False


def _everyone(_: "Actor", __: Row) -> ColumnElement[bool]:
    return true()


def _itself(key: ColumnElement[int]) -> ColumnElement[int]:
    return key


class Entity:
    """Rows of one table (or derived table) that one type of the API shows, narrowed by who asks."""

    def __init__(
        self,
        type_name: str,
        table: FromClause,
        *,
        visible_to: Visible = _everyone,
        order: tuple[tuple[str, bool], ...] = (),
        leads: Callable[[ColumnElement[int]], ColumnElement[int]] = _itself,
        search: Search | None = None,
        ties: tuple[str, ...] = ("id",),
    ) -> None:
        """`order` is the default one, as (name of a column, descending); the columns `ties` break ties: together no
        two rows have them, or no two rows of one parent where the rows are asked of a parent alone. `leads` says to
        which row a key leads, where the row that had it has become part of another."""
        self.type_name = type_name
        self.ties = ties
        self.leads = leads
        self.search = search
        self.table = table
        self.visible_to = visible_to
        self.columns = {column.key: self._stored(column) for column in table.c}
        if hidden := self.columns.keys() & self.__dict__.keys():
            raise TypeError(f"{type_name} has columns that an entity's own attributes hide: {sorted(hidden)}")
        self.default_order = tuple(Term(getattr(self, column), descending) for column, descending in order)

    def __getattr__(self, name: str) -> Column:
        """A column of the table."""
        try:
            return self.__dict__["columns"][name]  # type: ignore[no-any-return]  # a dict of columns
        except KeyError:
            raise AttributeError(f"{type(self).__name__} has no column {name!r}") from None

    def _stored(self, column: ColumnElement[Any]) -> Column:
        name, bare, present = str(column.key), stored.holds_names(column), stored.never_null(column)
        if name == "id" and isinstance(column.type, BigInteger):
            return Column(
                value=lambda row: row.c.id,
                sql_type=BigInteger(),
                shown=lambda row: known(ids.shown(self.type_name, row.c.id), present=present),
                nullable=False,
                read=lambda sent: ids.key(sent, self.type_name),
                leads=self.leads,
                name=name,
            )
        return Column(
            value=lambda row: row.c[name],
            sql_type=_compared_as(column.type),
            shown=lambda row: known(formats.shown(row.c[name], column.type), bare=bare, present=present),
            nullable=getattr(column, "nullable", True),
            personal=getattr(column, "info", {}).get("personal", Personal.NONE),
            name=name,
        )


def _compared_as(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    """The type of a value that the column is compared with: a small column may be compared with any whole number."""
    if isinstance(type_, Text):
        return Text()
    return Integer() if isinstance(type_, SmallInteger) else type_


def computed(
    value: Callable[[Row], ColumnElement[Any]],
    type_: TypeEngine[Any],
    *,
    nullable: bool = True,
    personal: Personal = Personal.NONE,
    gathered: bool = False,
    name: str = "",
) -> Column:
    """A value worked out from the row, as SQL. `nullable=False` promises that it is coalesced. `gathered`: of rows of
    other tables."""
    return Column(
        value=value,
        sql_type=type_,
        shown=lambda row: formats.shown(value(row), type_),
        nullable=nullable,
        personal=personal,
        gathered=gathered,
        name=name,
    )


def gathered(
    gathering: Gathering,
    type_: TypeEngine[Any],
    *,
    nullable: bool = True,
    personal: Personal = Personal.NONE,
    name: str = "",
) -> Column:
    """A value worked out of rows of other tables, for one row or for all at once. `nullable` as in `computed`."""
    made = computed(gathering.of, type_, nullable=nullable, personal=personal, gathered=True, name=name)
    return replace(made, gathering=gathering)


def one(
    target: Callable[[], Entity], *, on: Callable[[Row, Row], ColumnElement[bool]], nullable: bool = True
) -> Relation:
    """At most one row. `nullable=False` only over a NOT NULL key to rows that everybody sees."""
    return Relation(target=target, on=on, many=False, nullable=nullable)


def many(
    target: Callable[[], Entity],
    *,
    on: Callable[[Row, Row], ColumnElement[bool]],
    order: tuple[Term, ...] = (),
) -> Relation:
    """Any number of rows."""
    return Relation(target=target, on=on, many=True, nullable=False, order=order)
