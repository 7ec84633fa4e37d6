"""What a request may name wrongly, beside the plain RequestError."""

from collections.abc import Iterable

from olap.errors import RequestError


class UnknownObject(RequestError):
    """A cube, dimension or fact of that name does not exist; `kind` says which of these, `name` what was given."""

    def __init__(self, kind: str, name: str, known: Iterable[str] = ()) -> None:
        self.kind = kind
        self.name = name[:80]
        listed = ", ".join(known)
        super().__init__(f"unknown {kind} {self.name!r}" + (f"; known: {listed}" if listed else ""))


class HierarchyMismatch(RequestError):
    """A level or hierarchy that does not exist, a path deeper than its hierarchy, or no next level to drill to."""


class Unreadable(RequestError):
    """No wrong word of the cube: what should be a number is none, or two parameters say the same thing."""


class TooMuch(RequestError):
    """More was asked in one request than is allowed; says how much, and how much would do."""
