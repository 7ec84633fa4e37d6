"""The few bases of what the domain refuses; concrete errors live beside the code that raises them."""

from domain.called import CALLED
from domain.messages import say


class DomainError(Exception):
    """Something the domain refuses, in one sentence that names what was given and what is allowed.

    `path` names the place inside the input, outermost first; empty where it is not one place.
    """

    def __init__(self, message: str, *path: str | int) -> None:
        super().__init__(message)
        self.message = message
        self.path = path


class NotFound(DomainError):
    """What was asked for does not exist or may not be seen: the two look alike on purpose."""


class Conflict(DomainError):
    """The state has moved on, or somebody else holds what was asked for."""


class StaleVersion(Conflict):
    """The caller decided on a state of `what` (see domain/called.py) that is no longer there. `current` is the key of
    the row as it stands now."""

    def __init__(self, what: str, key: int, *, expected: int, current: int) -> None:
        super().__init__(
            say(
                "the {what} was changed: version {expected} was expected, {current} stands now",
                what=CALLED[what],
                expected=expected,
                current=current,
            ),
            "expected_version",
        )
        self.current = key


class Erased(Conflict):
    """What was to be changed belongs to a person who was erased."""


class Invalid(DomainError):
    """The input breaks a rule."""
