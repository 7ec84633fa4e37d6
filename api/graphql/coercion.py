"""Variables that are leaves or large inputs, coerced by functions compiled once from their types.

They give the values that graphql-core gives, or nothing: then graphql-core is asked, and its errors or its value
count. So what is refused, and in which words, is graphql-core's affair alone.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from graphql import (
    GraphQLBoolean,
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

Coerce = Callable[[Any], Any]
"""The value as its type says. Raises NotPlain for whatever needs a closer look."""


class NotPlain(Exception):
    """The value may be wrong, or right in a way that is left to graphql-core."""


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
            coerced = {each.name: coerce(given[each.name]) for each, coerce in coerces}
        except (NotPlain, KeyError):
            return None
        return VariableValues(
            {each.name: VariableValueSource(each, given[each.name]) for each, _ in coerces}, coerced
        )

    return values


def of(type_: Any) -> Coerce:
    """The coercion of values of this type."""
    if is_non_null_type(type_):
        return _of_non_null(type_.of_type)
    if isinstance(type_, GraphQLEnumType):
        return _of_enum(type_, {None: None})
    inner = _of_non_null(type_)
    return lambda value: None if value is None else inner(value)


def _of_non_null(type_: Any) -> Coerce:
    if is_list_type(type_):
        return _of_list(of(type_.of_type))
    if isinstance(type_, GraphQLInputObjectType):
        return _of_one(type_) if type_.is_one_of else _of_object(type_)
    assert is_leaf_type(type_), "an input type is a list, an object or a leaf"
    return _of_leaf(type_)


def _of_list(item: Coerce) -> Coerce:
    def coerce(value: Any) -> list[Any]:
        if type(value) is not list:
            raise NotPlain
        return [item(each) for each in value]

    return coerce


def _of_object(type_: GraphQLInputObjectType) -> Coerce:
    fields = {name: (field.out_name or name, of(field.type)) for name, field in type_.fields.items()}
    required = frozenset(name for name, field in type_.fields.items() if is_required_input_field(field))
    texts = _texts(type_)
    if _has_defaults(type_):
        return _never_plain

    def coerce(value: Any) -> dict[str, Any]:
        if type(value) is not dict or not required <= value.keys():
            raise NotPlain
        found = {}
        try:
            for name, each in value.items():
                # Most values are text that is taken as it is: a call for each would be half of the time.
                if type(each) is str and name in texts:
                    found[texts[name]] = each
                else:
                    out, read = fields[name]
                    found[out] = read(each)
        except KeyError:
            raise NotPlain from None
        return found

    return coerce


def _of_one(type_: GraphQLInputObjectType) -> Coerce:
    fields = {name: (field.out_name or name, of(field.type)) for name, field in type_.fields.items()}
    if _has_defaults(type_):
        return _never_plain

    def coerce(value: Any) -> dict[str, Any]:
        if type(value) is not dict or len(value) != 1:
            raise NotPlain
        [(name, each)] = value.items()
        if each is None or name not in fields:
            raise NotPlain
        out, read = fields[name]
        return {out: read(each)}

    return coerce


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


def _of_leaf(type_: Any) -> Coerce:
    if type_ is GraphQLString or type_ is GraphQLID:
        return _text
    if type_ is GraphQLBoolean:
        return _boolean
    if isinstance(type_, GraphQLEnumType):
        return _of_enum(type_)
    read = type_.coerce_input_value

    def coerce(value: Any) -> Any:
        try:
            found = read(value)
        except Exception:  # noqa: BLE001  # whatever a scalar raises, graphql-core words it
            raise NotPlain from None
        if found is None or found is Undefined:
            raise NotPlain
        return found

    return coerce


def _text(value: Any) -> Any:
    if type(value) is not str:
        raise NotPlain
    return value


def _boolean(value: Any) -> Any:
    if type(value) is not bool:
        raise NotPlain
    return value


def _of_enum(type_: GraphQLEnumType, others: Mapping[Any, Any] | None = None) -> Coerce:
    known = {name: type_.coerce_input_value(name) for name in type_.values} | dict(others or {})

    def coerce(value: Any) -> Any:
        try:
            return known[value]
        except (KeyError, TypeError):
            raise NotPlain from None

    return coerce
