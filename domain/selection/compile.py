"""A selection becomes one SQL statement that gives one JSON text."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Text,
    and_,
    bindparam,
    case,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.types import TypeEngine

from domain.access import Actor
from domain.base import Personal
from domain.selection import ids, json, pages, subjects, tree
from domain.selection.entities import Entity, Row
from domain.selection.filters import condition
from domain.selection.orders import sorted_by
from domain.selection.search import Searching
from domain.selection.sql import constant, known, number, unbounded
from domain.selection.statement import Fixed, FromActor, FromCaller, Statement
from domain.selection.values import Value

HELD_ROWS = 256

_DIALECT = dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's dialects are not annotated


def compiled(selection: tree.Selection, actor: Actor) -> Statement:
    """One statement for the whole selection, for everyone of the actor's scope. About 1 ms per kB of SQL."""
    compiler = Compiler(actor)
    statement = select(json.made([compiler.field(field, None, ()) for field in selection]))
    made = statement.compile(dialect=_DIALECT)
    names = made.positiontup or ()
    parameters = tuple(compiler.parameter(name, made.params) for name in names)
    return Statement(str(made), parameters, frozenset(compiler.personal))


@lru_cache(HELD_ROWS)
def _row(table: Row, number: int) -> Row:
    """One of the rows of a table that statements name, by its number in a statement.

    SQLAlchemy makes an object for each column of each row that is named: a quarter of the time of compiling, and most
    of what is left to the search for garbage (measured). Statements name rows by themselves, so they may share them.
    """
    return table.alias()


class Compiler:
    """One statement being made: its parameters so far, who asks, and which guarded groups it shows."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.parameters: dict[str, FromCaller] = {}
        self.personal: set[Personal] = set()
        self._telling: list[Row] = []
        self._serial = 0
        self._rows: Counter[Row] = Counter()

    def serial(self) -> int:
        """A number that this statement has not used for a name yet."""
        self._serial += 1
        return self._serial

    def row(self, entity: Entity) -> Row:
        """A row of the entity's table that this statement does not name yet."""
        self._rows[entity.table] += 1
        return _row(entity.table, self._rows[entity.table])

    def alias(self, rows: tree.Rows) -> Row:
        """A row of these, to be shown. Of rows that are narrowed by what is guarded, each says whom it is about."""
        row = self.row(rows.entity)
        told = subjects.narrowed(rows.filter)
        if told:
            self.personal |= told
            self._telling.append(row)
        return row

    def bind(self, value: Value, read: Callable[[Any], Any], type_: TypeEngine[Any]) -> BindParameter[Any]:
        """A parameter for the value."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = FromCaller(value, read)
        return bindparam(name, None, unbounded(type_))

    def parameter(self, name: str, fixed: Mapping[str, Any]) -> FromCaller | FromActor | Fixed:
        """How the parameter of this name is found in a call."""
        if name in self.actor.parameters:
            return FromActor(name)
        return self.parameters.get(name) or Fixed(fixed[name])

    def fields(self, fields: Sequence[tree.Field], row: Row | None, outer: Sequence[Row]) -> list[json.Entry]:
        """The fields of one object as expressions over `row`, before them whom it is about where it matters."""
        entries = [self.field(field, row, outer) for field in fields]
        told = subjects.shown(fields)
        if row is None or not (told or any(row is each for each in self._telling)):
            return entries
        self.personal |= told
        return [subjects.mark(row), *entries]

    def field(self, field: tree.Field, row: Row | None, outer: Sequence[Row]) -> json.Entry:
        """One field of an object under its key. `outer` are the rows around, `row` the last of them."""
        return field.key, self._value(field, row, outer)

    def _value(self, field: tree.Field, row: Row | None, outer: Sequence[Row]) -> ColumnElement[Any]:
        match field:
            case tree.Constant(_, text):
                return json.word(text)
            case tree.Chosen():
                return self._chosen(field, outer)
            case tree.One(_, rows, fields):
                return self._one(rows, fields, row, outer)
            case tree.Listed():
                return self._listed(field, row, outer)
            case tree.Page():
                return pages.page(self, field, row, outer)
        assert row is not None, "a column is asked of a row"
        match field:
            case tree.Shown(_, column):
                return column.shown(row)
            case tree.Composite(_, needed, fields):
                made = json.made(self.fields(fields, row, outer))
                present = [column.value(row).is_not(None) for column in needed]
                return case((and_(*present), made)) if present else made

    def restrictions(
        self, rows: tree.Rows, row: Row, parent: Row | None, *, searched: bool = True
    ) -> list[ColumnElement[bool]]:
        """Which rows of `row` are meant: related to the parent, visible, as the filter says and the search finds."""
        found = [rows.entity.visible_to(self.actor, row)]
        if rows.relation is not None:
            assert parent is not None, "a relation starts at a row"
            found.insert(0, rows.relation.on(parent, row))
        if rows.filter is not None:
            found.append(condition(rows.filter, row, self))
        if rows.search is not None and searched:
            found.append(self.searching(rows, row).found())
        return found

    def searching(self, rows: tree.Rows, row: Row) -> Searching:
        """The search that the rows are narrowed by."""
        assert rows.search is not None, "there is a text to search for"
        assert rows.entity.search is not None, "the entity is one that can be searched"
        return Searching(rows.entity.search, rows.search, row, self)

    def _one(
        self, rows: tree.Rows, fields: Sequence[tree.Field], parent: Row | None, outer: Sequence[Row]
    ) -> ColumnElement[Any]:
        row = self.alias(rows)
        return self._objects(rows, fields, row, parent, outer).scalar_subquery()

    def _listed(self, listed: tree.Listed, parent: Row | None, outer: Sequence[Row]) -> ColumnElement[Any]:
        row = self.alias(listed.rows)
        meant = self._objects(listed.rows, listed.fields, row, parent, outer)
        ordered = meant.order_by(*sorted_by(listed.order, row))
        found = (ordered if listed.most is None else ordered.limit(number(listed.most))).subquery()
        return known(select(json.listed(found.c.node)).select_from(found).scalar_subquery(), present=True)

    def _objects(
        self,
        rows: tree.Rows,
        fields: Sequence[tree.Field],
        row: Row,
        parent: Row | None,
        outer: Sequence[Row],
    ) -> json.AnySelect:
        """An object of each row that is meant."""
        made = json.made(self.fields(fields, row, (*outer, row)))
        meant = self.restrictions(rows, row, parent)
        return select(made.label("node")).select_from(row).where(*meant).correlate(*outer)

    def _chosen(self, field: tree.Chosen, outer: Sequence[Row]) -> ColumnElement[Any]:
        read = partial(ids.several, most=field.most)
        types = self.bind(field.ids, lambda sent: [found.type for found in read(sent)], ARRAY(Text()))
        keys = self.bind(field.ids, lambda sent: [found.key for found in read(sent)], ARRAY(BigInteger()))
        asked = func.unnest(types, keys).table_valued("type", "key", with_ordinality="place").render_derived()
        whens = [
            (
                asked.c.type == constant(entity.type_name),
                self.by_key(entity, fields, asked.c.key, (*outer, asked)),
            )
            for entity, fields in field.choices
        ]
        node = json.item(case(*whens)) if whens else json.NULL
        found = select(node.label("node")).select_from(asked).order_by(asked.c.place).correlate(*outer)
        inner = found.subquery()
        return known(select(json.listed(inner.c.node)).select_from(inner).scalar_subquery(), present=True)

    def by_key(
        self,
        entity: Entity,
        fields: Sequence[tree.Field],
        key: ColumnElement[int],
        outer: Sequence[Row],
    ) -> ColumnElement[Any]:
        """The row with this key as an object, null where it may not be seen."""
        row = self.row(entity)
        made = json.made(self.fields(fields, row, (*outer, row)))
        found = (
            select(made)
            .select_from(row)
            .where(row.c.id == entity.leads(key), entity.visible_to(self.actor, row))
        )
        return found.correlate(*outer).scalar_subquery()
