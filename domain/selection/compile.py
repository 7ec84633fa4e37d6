"""A selection becomes one SQL statement that gives one JSON text."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    BindParameter,
    ColumnElement,
    Text,
    bindparam,
    case,
    cast,
    func,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.types import TypeEngine

from domain.access import Actor
from domain.base import Personal
from domain.selection import ids, json, pages, subjects, tree
from domain.selection.entities import Entity, Row, Term
from domain.selection.filters import condition
from domain.selection.orders import sorted_by
from domain.selection.search import Searching
from domain.selection.sql import constant, unbounded
from domain.selection.statement import Fixed, FromActor, FromCaller, Statement
from domain.selection.values import Value

_DIALECT = dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's dialects are not annotated


def compiled(selection: tree.Selection, actor: Actor) -> Statement:
    """One statement for the whole selection, for everyone of the actor's scope. About 1 ms per kB of SQL."""
    compiler = Compiler(actor)
    columns = [compiler.field(field, None, ()) for field in selection]
    statement = select(cast(json.one(columns, ()), Text()))
    made = statement.compile(dialect=_DIALECT)
    names = made.positiontup or ()
    parameters = tuple(compiler.parameter(name, made.params) for name in names)
    return Statement(str(made), parameters, frozenset(compiler.personal))


class Compiler:
    """One statement being made: its parameters so far, who asks, and which guarded groups it shows."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.parameters: dict[str, FromCaller] = {}
        self.personal: set[Personal] = set()
        self._telling: list[Row] = []
        self._serial = 0

    def serial(self) -> int:
        """A number that this statement has not used for a name yet."""
        self._serial += 1
        return self._serial

    def alias(self, rows: tree.Rows) -> Row:
        """A row of these, to be shown. Of rows that are narrowed by what is guarded, each says whom it is about."""
        row = rows.entity.table.alias()
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

    def fields(
        self, fields: Sequence[tree.Field], row: Row | None, outer: Sequence[Row]
    ) -> list[ColumnElement[Any]]:
        """The fields of one object as labelled columns over `row`, before them whom it is about where it matters."""
        columns = [self.field(field, row, outer) for field in fields]
        told = subjects.shown(fields)
        if row is None or not (told or any(row is each for each in self._telling)):
            return columns
        self.personal |= told
        return [subjects.mark(row), *columns]

    def field(self, field: tree.Field, row: Row | None, outer: Sequence[Row]) -> ColumnElement[Any]:
        """One field of an object as a labelled column. `outer` are the rows around, `row` the last of them."""
        match field:
            case tree.Constant(key, text):
                return constant(text).label(key)
            case tree.Chosen():
                return self._chosen(field, outer).label(field.key)
            case tree.One(key, rows, fields):
                return self._one(rows, fields, row, outer).label(key)
            case tree.Listed(key, rows, order, fields):
                return self._listed(rows, order, fields, row, outer).label(key)
            case tree.Page():
                return pages.page(self, field, row, outer).label(field.key)
        assert row is not None, "a column is asked of a row"
        match field:
            case tree.Shown(key, column):
                return column.shown(row).label(key)
            case tree.Composite(key, needed, fields):
                made = json.one(self.fields(fields, row, outer), outer)
                missing = [column.value(row).is_(None) for column in needed]
                return (case((or_(*missing), null()), else_=made) if missing else made).label(key)

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
        columns = self.fields(fields, row, (*outer, row))
        found = (
            select(*columns).select_from(row).where(*self.restrictions(rows, row, parent)).correlate(*outer)
        )
        return json.of(found).scalar_subquery()

    def _listed(
        self,
        rows: tree.Rows,
        order: Sequence[Term],
        fields: Sequence[tree.Field],
        parent: Row | None,
        outer: Sequence[Row],
    ) -> ColumnElement[Any]:
        row = self.alias(rows)
        columns = self.fields(fields, row, (*outer, row))
        found = (
            select(*columns).select_from(row).where(*self.restrictions(rows, row, parent)).correlate(*outer)
        )
        return json.gathered(found.order_by(*sorted_by(order, row)))

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
        found = (
            select((case(*whens, else_=null()) if whens else null()).label("node"))
            .select_from(asked)
            .order_by(asked.c.place)
        )
        inner = found.correlate(*outer).subquery()
        return select(json.listed(func.array_agg(inner.c.node, type_=ARRAY(JSON())))).scalar_subquery()

    def by_key(
        self,
        entity: Entity,
        fields: Sequence[tree.Field],
        key: ColumnElement[int],
        outer: Sequence[Row],
    ) -> ColumnElement[Any]:
        """The row with this key as an object, null where it may not be seen."""
        row = entity.table.alias()
        columns = self.fields(fields, row, (*outer, row))
        found = (
            select(*columns)
            .select_from(row)
            .where(row.c.id == entity.leads(key), entity.visible_to(self.actor, row))
        )
        return json.of(found.correlate(*outer)).scalar_subquery()
