"""A compiled selection: the text for Postgres, and how each parameter is found in a call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.access import Actor
from domain.base import Personal
from domain.errors import Invalid
from domain.messages import say
from domain.selection.values import Value, told


@dataclass(frozen=True)
class FromCaller:
    """A parameter that a value of the selection fills; `read` checks it and turns it into what Postgres compares."""

    value: Value
    read: Callable[[Any], Any]

    def of(self, variables: Mapping[str, Any], _: Actor) -> Any:
        try:
            return self.read(told(self.value, variables))
        except Invalid as error:
            raise BadValue(error.message, self.value.place) from error


@dataclass(frozen=True)
class FromActor:
    """A parameter that says who asks."""

    name: str

    def of(self, _: Mapping[str, Any], actor: Actor) -> Any:
        return actor.parameters[self.name]


@dataclass(frozen=True)
class Fixed:
    """A parameter whose value an entity's own expression says."""

    value: Any

    def of(self, _: Mapping[str, Any], __: Actor) -> Any:
        return self.value


class BadValue(Invalid):
    """A value that cannot be what its place needs. `place` names the argument."""

    def __init__(self, message: str, place: str) -> None:
        super().__init__(say("{place}: {message}", place=place, message=message) if place else message, place)
        self.place = place


@dataclass(frozen=True)
class Statement:
    """One SQL statement that gives one JSON text. `personal` are the guarded groups that it shows, whose objects carry
    a mark of whom they are about (subjects.py)."""

    sql: str
    parameters: tuple[FromCaller | FromActor | Fixed, ...]
    personal: frozenset[Personal] = frozenset()

    def bound(self, variables: Mapping[str, Any], actor: Actor) -> list[Any]:
        """The parameters of this call, in the order of $1, $2, ... Raises BadValue."""
        return [parameter.of(variables, actor) for parameter in self.parameters]
