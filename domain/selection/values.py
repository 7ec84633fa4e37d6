"""Values of a selection: known when it is made, or told each time it is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Given:
    """A value that stands in the document itself."""

    value: Any
    place: str = ""


@dataclass(frozen=True)
class Later:
    """A value told at each call: the way to it inside the variables, outermost first."""

    path: tuple[str | int, ...]
    place: str = ""


@dataclass(frozen=True)
class Several:
    """A list some of whose items are told at each call."""

    items: tuple["Value", ...]
    place: str = ""


Value = Given | Later | Several
"""`place` names the argument, e.g. "customers.filter.name.eq", for messages about a bad value."""


def told(value: Value, variables: Mapping[str, Any]) -> Any:
    """What the value is in this call."""
    match value:
        case Given():
            return value.value
        case Several():
            return [told(item, variables) for item in value.items]
        case Later():
            found: Any = variables
            for step in value.path:
                found = found[step]
            return found
