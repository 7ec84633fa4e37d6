"""Filter inputs as conditions of the domain.

    @filters
    class CustomerFilter:
        name: TextFilter | None = where(customers.name)
        home_branch: BranchFilter | None = where(customers.home_branch)

A field over a column takes an input of operators (api/graphql/filters.py) or a bare value; a field over a relation to
one row takes the filter of that row, over one to many rows `Many` of it: `some`, `none`, `every`. `and`, `or` and `not`
come with `@filters`.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import strawberry
from graphql import GraphQLInputType, get_named_type
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from api.errors import ApiError, Code
from api.graphql.planning.arguments import Template
from api.permissions import Group
from domain.messages import say
from domain.selection.entities import Column, Relation
from domain.selection.filters import Compares, Every, Filter, Missing, Not, Quantifier, Related, Some
from domain.selection.values import Given

if TYPE_CHECKING:
    from api.graphql.planning.planner import Planner


class FilterField(StrawberryField):
    """A field of a filter: what it narrows by, and the group of fields it belongs to."""

    by: Column | Relation
    group: Group = Group.BASE


def where(by: Column | Relation, *, group: Group = Group.BASE, **options: Any) -> Any:
    """A field of a filter that narrows by this column or relation."""
    field = FilterField(default=strawberry.UNSET, **options)
    field.by, field.group = by, group
    return field


def filters(cls: type) -> type:
    """An input type with the fields declared, and `and`, `or` and `not` of itself."""
    several = list[cls] | None  # type: ignore[valid-type]  # a type made while running
    cls.__annotations__ |= {"and_": several, "or_": several, "not_": cls | None}
    for word, description in (
        ("and", "Every one of these holds."),
        ("or", "At least one of these holds."),
        ("not", "This does not hold."),
    ):
        setattr(
            cls, f"{word}_", strawberry.field(name=word, default=strawberry.UNSET, description=description)
        )
    return strawberry.input(cls, description="Narrows by all fields that are given: they hold together.")


def condition(
    planner: "Planner", type_: GraphQLInputType, given: Mapping[str, Template], path: tuple[str, ...]
) -> Filter:
    """The condition that a filter input says. Raises ApiError for null, which is no value to compare with."""
    of: Any = get_named_type(type_)
    planner.count(1 + len(given))
    parts: list[Filter] = []
    for name, template in given.items():
        if template is None:
            raise _null(name, path)
        inner = of.fields[name].type
        match name:
            case "and":
                parts.append(Every(tuple(condition(planner, inner, each, path) for each in template)))
            case "or":
                parts.append(Some(tuple(condition(planner, inner, each, path) for each in template)))
            case "not":
                parts.append(Not(condition(planner, inner, template, path)))
            case _:
                field: FilterField = of.fields[name].extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
                planner.check_filter(of.name, field, path)
                parts.append(_field(planner, field, inner, template, path))
    return together(parts)


def _field(
    planner: "Planner", field: FilterField, type_: GraphQLInputType, template: Template, path: tuple[str, ...]
) -> Filter:
    if isinstance(field.by, Relation):
        if is_many(get_named_type(type_)):
            return _quantified(planner, field.by, type_, template, path)
        return Related(field.by, condition(planner, type_, template, path))
    if not isinstance(template, Mapping):
        return Compares(field.by, "eq", template)
    return together([_operator(field.by, name, value, path) for name, value in template.items()])


def _quantified(
    planner: "Planner",
    relation: Relation,
    type_: GraphQLInputType,
    given: Mapping[str, Template],
    path: tuple[str, ...],
) -> Filter:
    of: Any = get_named_type(type_)
    planner.count(1 + len(given))
    parts = []
    for name, template in given.items():
        if template is None:
            raise _null(name, path)
        inner = condition(planner, of.fields[name].type, template, path)
        parts.append(Related(relation, inner, Quantifier(name)))
    return together(parts)


def _operator(column: Column, name: str, value: Template, path: Sequence[str]) -> Filter:
    if value is None:
        raise _null(name, path)
    match name:
        case "isNull":
            return Missing(column, value)
        case "notIn":
            return Not(Compares(column, "in", value))
        case "between":
            return _between(column, value)
    # A yes or no is part of the plan's shape; to the statement it is a value like any other.
    return Compares(column, name, Given(value) if isinstance(value, bool) else value)


def _between(column: Column, value: Mapping[str, Template]) -> Filter:
    end = "lt" if column.is_time else "lte"
    return Every((Compares(column, "gte", value["from"]), Compares(column, end, value["to"])))


def together(parts: Sequence[Filter]) -> Filter:
    """All of the conditions."""
    return parts[0] if len(parts) == 1 else Every(tuple(parts))


def is_many(type_: Any) -> bool:
    """Whether a type of the schema is `Many` of some filter."""
    definition = type_.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    generic = getattr(definition, "concrete_of", None)
    return generic is not None and generic.name == "Many"


def _null(name: str, path: Sequence[str]) -> ApiError:
    message = say(
        "{place}: null is no value for {name} in a filter; leave it out, or use isNull",
        place=".".join(path),
        name=repr(name),
    )
    return ApiError(Code.VALIDATION, message, path=path)
