"""What rows say, field by field, and how it is told to the domain."""

from collections.abc import Callable, Mapping
from typing import Any

import strawberry
from strawberry import Maybe

from api.graphql.upserts.keys import named
from domain.errors import Invalid
from domain.money import Money

Row = Mapping[str, Any]


@strawberry.input(description="An attribute; without a value it is taken away.")
class UpsertAttribute:
    name: str
    value: Maybe[str | None] = strawberry.field(description="As text: true, 12.5, 2026-03-01.")


def reading(**reads: Callable[[Any], Any]) -> Callable[[Row], dict[str, Any]]:
    """A translation of rows: the fields of these names, where they are given, go through their function. What is
    malformed stays what it is."""

    def translate(row: Row) -> dict[str, Any]:
        found = dict(row)
        for name, read in reads.items():
            if name in found and type(found[name]) is not Invalid:
                found[name] = read(found[name])
        return found

    return translate


def naming(field: str, type_name: str) -> Callable[[Any], Any]:
    """Reads a key of this type in this field."""
    return lambda given: named(given, type_name, field)


def amount(given: Row | None) -> Money | None:
    """The amount of money for the domain."""
    return None if given is None else Money(given["amount"], given["currency"])


def each(translate: Callable[[Row], dict[str, Any]]) -> Callable[[Any], Any]:
    """Reads a list of objects."""
    return lambda given: None if given is None else [translate(item) for item in given]
