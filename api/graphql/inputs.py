"""What a mutation's input says, translated for the domain, which knows no opaque ids."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from strawberry import Some

from api.graphql.money import MoneyInput
from domain.errors import Invalid
from domain.money import Money
from domain.selection import ids


def said(input: object, **reads: Callable[[Any], Any]) -> Any:
    """The fields of type Maybe that the caller gave, by name. Null is None; other values go through `reads`.

    A dict, of the type that the domain gives it.
    """
    found: dict[str, Any] = {}
    for field in fields(input):  # type: ignore[arg-type]  # every Strawberry input is a dataclass
        given = getattr(input, field.name)
        if isinstance(given, Some):
            read = reads.get(field.name)
            found[field.name] = read(given.value) if read and given.value is not None else given.value
    return found


def key(opaque: str, type_name: str, *path: str | int) -> int:
    """The key inside an id of this type. Raises Invalid with the place for anything else."""
    try:
        return ids.key(opaque, type_name)
    except ids.BadId as error:
        raise Invalid(error.message, *path) from None


def key_at(type_name: str, *path: str | int) -> Callable[[str], int]:
    """A reader of ids of this type at this place of the input."""
    return lambda opaque: key(opaque, type_name, *path)


def money(given: MoneyInput) -> Money:
    """The amount for the domain."""
    return Money(given.amount, given.currency)
