"""Variables that are leaves or large inputs, coerced by functions compiled once from their types.

They give the values that graphql-core gives, or nothing: then graphql-core is asked, and its errors or its value
count. So what is refused, and in which words, is graphql-core's affair alone; but for a scalar of ours that is
malformed in a row, such as a day that does not exist: that is an error of the row, whose field holds it as an Invalid.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLID,
    GraphQLInputObjectType,
    GraphQLSchema,
    GraphQLString,
    Undefined,
    VariableDefinitionNode,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
)
from graphql.execution import VariableValues
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValueSource

from api.graphql.coercing import (
    Coercion,
    NotPlain,
    nullable,
    of_enum,
    of_leaf,
    of_list,
    of_object,
    of_one_of,
)


def is_large(type_: Any) -> bool:
    """Whether the type is one of the inputs that hold the rows of a call."""
    return bool(getattr(get_named_type(type_), "extensions", {}).get("large"))


def takes_rows(schema: GraphQLSchema, definitions: Collection[VariableDefinitionNode]) -> bool:
    """Whether a variable holds the rows of a call: those of an upsert, or a list of objects for another mutation."""
    signatures = (get_variable_signature(schema, definition) for definition in definitions)
    return any(
        isinstance(each, GraphQLVariableSignature)
        and (is_large(each.type) or "rows" in getattr(get_named_type(each.type), "extensions", {}))
        for each in signatures
    )


def compiled(
    schema: GraphQLSchema, definitions: Collection[VariableDefinitionNode]
) -> Callable[[Mapping[str, Any]], VariableValues | None]:
    """Coerces the variables of an operation; None where graphql-core is to do it."""
    signatures = [get_variable_signature(schema, definition) for definition in definitions]
    known = [each for each in signatures if isinstance(each, GraphQLVariableSignature)]
    if len(known) < len(signatures) or not all(
        is_large(each.type) or is_leaf_type(get_named_type(each.type)) for each in known
    ):
        return lambda _: None
    coerces = [(each, of(each.type)) for each in known]

    def values(given: Mapping[str, Any]) -> VariableValues | None:
        try:
            coerced = {each.name: coercion.one(given[each.name]) for each, coercion in coerces}
        except (NotPlain, KeyError):
            return None
        return VariableValues(
            {each.name: VariableValueSource(each, given[each.name]) for each, _ in coerces}, coerced
        )

    return values


def of(type_: Any, *, row: bool = False) -> Coercion:
    """The coercion of values of this type; `row`: of those in a list."""
    if is_non_null_type(type_):
        return _of_non_null(type_.of_type, row=row)
    if isinstance(type_, GraphQLEnumType):
        return of_enum(type_, {None: None})
    return nullable(_of_non_null(type_, row=row))


def _of_non_null(type_: Any, *, row: bool) -> Coercion:
    if is_list_type(type_):
        return of_list(of(type_.of_type, row=True))
    if isinstance(type_, GraphQLInputObjectType):
        return _of_input(type_, row=row)
    assert is_leaf_type(type_), "an input type is a list, an object or a leaf"
    return of_leaf(type_)


def _of_input(type_: GraphQLInputObjectType, *, row: bool) -> Coercion:
    if _has_defaults(type_):
        return Coercion(_never_plain, _never_plain)
    fields = {name: (field.out_name or name, of(field.type)) for name, field in type_.fields.items()}
    if type_.is_one_of:
        return of_one_of(fields)
    required = {name for name, field in type_.fields.items() if is_required_input_field(field)}
    return of_object(fields, required, _texts(type_), row=row)


def _texts(type_: GraphQLInputObjectType) -> dict[str, str]:
    """What the fields that hold text are called."""
    return {
        name: field.out_name or name
        for name, field in type_.fields.items()
        if (field.type.of_type if is_non_null_type(field.type) else field.type) in (GraphQLString, GraphQLID)
    }


def _has_defaults(type_: GraphQLInputObjectType) -> bool:
    return any(
        field.default is not None or field.default_value is not Undefined for field in type_.fields.values()
    )


def _never_plain(_: Any) -> Any:
    raise NotPlain
