"""A selection as text, for developers: one line for each node of the tree."""

from collections.abc import Iterator, Sequence

from domain.selection import tree
from domain.selection.entities import Column, Relation, Term
from domain.selection.filters import Compares, Every, Filter, Missing, Not, Related, Some
from domain.selection.mixtures import Mixed
from domain.selection.values import Given, Value


def outline(selection: tree.Selection) -> str:
    """The tree, indented by two spaces a level. Values are left out, except those that shape the statement."""
    return "\n".join(_lines(selection, 0))


def _lines(fields: Sequence[tree.Field | tree.Part | tree.Cursor | tree.Node], depth: int) -> Iterator[str]:
    for field in fields:
        yield "  " * depth + f"{field.key}: {_said(field)}"
        yield from _below(field, depth + 1)


def _said(field: tree.Field | tree.Part | tree.Cursor | tree.Node) -> str:
    match field:
        case tree.Constant(_, text):
            return f"the text {text}"
        case tree.Shown(_, column):
            return _column(column)
        case tree.One(_, rows):
            return f"one {_rows(rows)}"
        case tree.Listed(_, rows, order, _, most):
            return f"{'all' if most is None else f'at most {most}'} {_rows(rows)}{_order(order)}"
        case tree.Chosen():
            return "rows by their ids"
        case tree.Page(_, rows, order, window):
            return f"{_window(window)} of {_rows(rows)}{_order(order)}"
        case tree.Count(_, most):
            return "count" if most is None else f"count up to {most}"
        case tree.PageInfo(_, infos):
            return ", ".join(info[1] for info in infos if not isinstance(info, tree.Constant)) or "page info"
    return type(field).__name__.lower()


def _below(field: tree.Field | tree.Part | tree.Cursor | tree.Node, depth: int) -> Iterator[str]:
    match field:
        case tree.Page():
            yield from _lines(field.parts, depth)
        case tree.Chosen():
            yield from _kinds(tree.Kinds(field.choices), depth)
        case tree.Nodes(_, tree.Kinds() as kinds) | tree.Node(_, tree.Kinds() as kinds):
            yield from _kinds(kinds, depth)
        case tree.Composite() | tree.One() | tree.Listed() | tree.Edges():
            yield from _lines(field.fields, depth)
        case tree.Nodes() | tree.Node() if not isinstance(field.fields, tree.Kinds):
            yield from _lines(field.fields, depth)


def _kinds(kinds: tree.Kinds, depth: int) -> Iterator[str]:
    for entity, fields in kinds.choices:
        yield "  " * depth + f"if {entity.type_name}"
        yield from _lines(fields, depth + 1)


def _rows(rows: tree.Rows | Mixed) -> str:
    if isinstance(rows, Mixed):
        names = ", ".join(arm.entity.type_name for arm in rows.arms)
        return f"{rows.mixture.name} ({names}){_narrowed(rows.filter)}"
    searched = "" if rows.search is None else " searched for ?"
    related = "" if rows.relation is None else " related to it"
    return f"{rows.entity.type_name}{related}{_narrowed(rows.filter)}{searched}"


def _narrowed(by: Filter | None) -> str:
    return "" if by is None else f" where {_filter(by)}"


def _filter(by: Filter) -> str:
    match by:
        case Compares(column, operator, value):
            return f"{column.name} {operator} {_value(value)}"
        case Missing(column, wanted):
            return f"{column.name} is {'' if wanted else 'not '}null"
        case Related(relation, inner, quantifier):
            return f"{_quantified(relation, quantifier)} {relation.target().type_name} ({_filter(inner)})"
        case Every(parts):
            return "(" + " and ".join(map(_filter, parts)) + ")" if parts else "true"
        case Some(parts):
            return "(" + " or ".join(map(_filter, parts)) + ")" if parts else "false"
        case Not(part):
            return f"not ({_filter(part)})"


def _quantified(relation: Relation, quantifier: str) -> str:
    return quantifier if relation.many else "its"


def _value(value: Value) -> str:
    return "?" if isinstance(value, Given) or not value.place else f"?{value.place}"


def _order(order: Sequence[Term]) -> str:
    terms = [_column(term.column) + (" down" if term.descending else "") for term in order]
    return f" by {', '.join(terms)}" if terms else ""


def _column(column: Column) -> str:
    return column.name or "a computed value"


def _window(window: tree.Window) -> str:
    sides = [
        name for name, value in (("after", window.after), ("before", window.before)) if value is not None
    ]
    return " ".join(
        ["last" if window.backward else "first", str(window.size), *(f"{side} ?" for side in sides)]
    )
