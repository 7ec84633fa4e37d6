"""How values of leaves, lists and objects are coerced: one by one, and as columns of many that look alike.

Rows of an upsert have the same fields, mostly; a column at a time is a third of the time of a value at a time.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLError,
    GraphQLID,
    GraphQLString,
    Undefined,
    is_specified_scalar_type,
)

from domain.errors import Invalid
from domain.intake.upserts.together import FEWEST, places_by_shape


class NotPlain(Exception):
    """The value may be wrong, or right in a way that is left to graphql-core."""


class Malformed(NotPlain):
    """A scalar of ours does not take the value: `message` says why, `path` where inside what was given."""

    def __init__(self, message: str, *path: str | int) -> None:
        super().__init__(message)
        self.message = message
        self.path = path


@dataclass(frozen=True, slots=True)
class Coercion:
    """`one` gives a value as its type says, `many` those of a column in their order. Both raise NotPlain; `many` also
    where only a closer look at each value would tell."""

    one: Callable[[Any], Any]
    many: Callable[[Sequence[Any]], Sequence[Any]]


Field = tuple[str, Coercion]
"""What a field is called for the domain, and its coercion."""


def nullable(inner: Coercion) -> Coercion:
    """Null is left as it is."""

    def many(values: Sequence[Any]) -> Sequence[Any]:
        if None not in values:
            return inner.many(values)
        found = iter(inner.many([value for value in values if value is not None]))
        return [None if value is None else next(found) for value in values]

    return Coercion(lambda value: None if value is None else inner.one(value), many)


def of_leaf(type_: Any) -> Coercion:
    """The coercion of a scalar or an enum."""
    if type_ is GraphQLString:
        return _of_type(str)
    if type_ is GraphQLBoolean:
        return _of_type(bool)
    if type_ is GraphQLID:
        return Coercion(_of_scalar(type_).one, _of_type(str).many)
    if isinstance(type_, GraphQLEnumType):
        return of_enum(type_)
    return _of_scalar(type_)


def _of_type(kind: type) -> Coercion:
    def one(value: Any) -> Any:
        if type(value) is not kind:
            raise NotPlain
        return value

    def many(values: Sequence[Any]) -> Sequence[Any]:
        if not {kind}.issuperset(map(type, values)):
            raise NotPlain
        return values

    return Coercion(one, many)


def of_enum(type_: GraphQLEnumType, others: Mapping[Any, Any] | None = None) -> Coercion:
    """The members by their names; `others` are values besides them, such as null."""
    known = {name: type_.coerce_input_value(name) for name in type_.values} | dict(others or {})

    def one(value: Any) -> Any:
        try:
            return known[value]
        except (KeyError, TypeError):
            raise NotPlain from None

    def many(values: Sequence[Any]) -> Sequence[Any]:
        try:
            return [known[value] for value in values]
        except (KeyError, TypeError):
            raise NotPlain from None

    return Coercion(one, many)


def _of_scalar(type_: Any) -> Coercion:
    read = type_.coerce_input_value
    # What the specification's own scalars do not take is an error of the request.
    ours = not is_specified_scalar_type(type_)

    def one(value: Any) -> Any:
        if value is None:
            raise NotPlain
        try:
            found = read(value)
        except GraphQLError as error:
            raise (Malformed(error.message) if ours else NotPlain()) from None
        if found is None or found is Undefined:
            raise NotPlain
        return found

    def many(values: Sequence[Any]) -> Sequence[Any]:
        # Of one type, what is equal is the same: 1, 1.0 and true are not.
        if len(set(map(type, values))) > 1:
            return [one(value) for value in values]
        try:
            known = {value: one(value) for value in set(values)}
        except TypeError:
            raise NotPlain from None
        return [known[value] for value in values]

    return Coercion(one, many)


def of_list(item: Coercion) -> Coercion:
    """A list of such values; one alone stands for a list of one."""

    def one(value: Any) -> list[Any]:
        if type(value) is not list:
            if isinstance(value, (dict, str, int, float)):
                return [item.one(value)]
            raise NotPlain
        if len(value) >= FEWEST:
            with suppress(NotPlain):
                return list(item.many(value))
        # Which of them is not plain, and why, is told one by one.
        found, wrong = [], None
        for each in value:
            try:
                found.append(item.one(each))
            except Malformed as error:
                wrong = wrong or error
        if wrong is not None:
            raise wrong
        return found

    def many(values: Sequence[Any]) -> Sequence[Any]:
        if not {list}.issuperset(map(type, values)):
            raise NotPlain
        found = iter(item.many(list(chain.from_iterable(values))))
        return [list(islice(found, len(value))) for value in values]

    return Coercion(one, many)


def of_object(
    fields: Mapping[str, Field], required: Collection[str], texts: Mapping[str, str], *, row: bool
) -> Coercion:
    """An object of these fields, of which the required ones must be there; `texts` are those that hold text.

    `row`: it is one of many, and a scalar in it that is malformed is its own affair: the field holds an Invalid.
    """
    needed = frozenset(required)

    def one(value: Any) -> dict[str, Any]:
        if type(value) is not dict or not needed <= value.keys():
            raise NotPlain
        found: dict[str, Any] = {}
        wrong: Malformed | None = (
            None  # raised in the end: what is not plain beside it is graphql-core's to tell
        )
        for name, each in value.items():
            # Most values are text that is taken as it is: a call for each would be half of the time.
            if type(each) is str and name in texts:
                found[texts[name]] = each
                continue
            if name not in fields:
                raise NotPlain
            out, coercion = fields[name]
            try:
                found[out] = coercion.one(each)
            except Malformed as error:
                if row:
                    found[out] = Invalid(error.message, out, *error.path)
                else:
                    wrong = wrong or Malformed(error.message, out, *error.path)
        if wrong is not None:
            raise wrong
        return found

    return Coercion(one, _many(lambda names, values: _alike(fields, needed, names, values), one))


def of_one_of(fields: Mapping[str, Field]) -> Coercion:
    """An object with exactly one of the fields, which is not null."""

    def one(value: Any) -> dict[str, Any]:
        if type(value) is not dict or len(value) != 1:
            raise NotPlain
        [(name, each)] = value.items()
        if each is None or name not in fields:
            raise NotPlain
        out, coercion = fields[name]
        try:
            return {out: coercion.one(each)}
        except Malformed as error:
            raise Malformed(error.message, out, *error.path) from None

    def alike(names: Sequence[str], values: Sequence[Any]) -> Sequence[Any]:
        if len(names) != 1 or any(None in value.values() for value in values):
            raise NotPlain
        return _alike(fields, frozenset(), names, values)

    return Coercion(one, _many(alike, one))


def _many(
    alike: Callable[[Sequence[str], Sequence[Any]], Sequence[Any]], one: Callable[[Any], Any]
) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """Objects with the same fields in the same order are coerced together."""

    def many(values: Sequence[Any]) -> Sequence[Any]:
        if not {dict}.issuperset(map(type, values)):
            raise NotPlain
        if len(values) >= FEWEST and all(map(tuple(values[0]).__eq__, map(tuple, values))):
            return alike(tuple(values[0]), values)
        shapes = places_by_shape(dict(enumerate(values)))
        if len(shapes) * FEWEST > len(values):
            return [one(value) for value in values]
        found: list[Any] = [None] * len(values)
        for names, places in shapes.items():
            for place, made in zip(places, alike(names, [values[at] for at in places]), strict=True):
                found[place] = made
        return found

    return many


def _alike(
    fields: Mapping[str, Field], needed: Collection[str], names: Sequence[str], values: Sequence[Any]
) -> Sequence[Any]:
    if not names or not set(names) <= fields.keys() or not set(needed) <= set(names):
        raise NotPlain
    known = [fields[name] for name in names]
    columns = list(zip(*map(dict.values, values), strict=True))
    coerced = [coercion.many(column) for (_, coercion), column in zip(known, columns, strict=True)]
    outs = tuple(out for out, _ in known)
    if outs == tuple(names) and all(made is column for made, column in zip(coerced, columns, strict=True)):
        return values  # as with names of text: nothing becomes anything else
    return [dict(zip(outs, row, strict=True)) for row in zip(*coerced, strict=True)]
