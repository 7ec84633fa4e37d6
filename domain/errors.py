"""The few bases of what the domain refuses; concrete errors live beside the code that raises them."""


class DomainError(Exception):
    """Something the domain refuses, in one sentence that names what was given and what is allowed."""


class NotFound(DomainError):
    """What was asked for does not exist or may not be seen: the two look alike on purpose."""


class Conflict(DomainError):
    """The state has moved on, or somebody else holds what was asked for."""


class Invalid(DomainError):
    """The input breaks a rule. `path` names the place inside the input, outermost first."""

    def __init__(self, message: str, *path: str | int) -> None:
        super().__init__(message)
        self.path = path
