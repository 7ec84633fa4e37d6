"""What is refused about scores and their schemes."""

from datetime import date

from domain.errors import Conflict, Invalid, NotFound
from domain.messages import say


class SchemeTaken(Conflict):
    """The scheme has another row that begins on the same day."""

    def __init__(self, name: str) -> None:
        super().__init__(say("the scheme {name!r} changes on this day already", name=name), "valid_from")


class SchemeNotFound(NotFound):
    """No scheme has this name on this day."""

    def __init__(self, name: str, on: date, known: str, *, at: str = "scheme") -> None:
        told = say(
            "there is no scheme {name!r} on {on}; schemes: {known}", name=name, on=on.isoformat(), known=known
        )
        super().__init__(told, at)


class ScoredLater(Conflict):
    """Scores go forwards: a later day was scored already."""

    def __init__(self, name: str, until: date, on: date) -> None:
        super().__init__(
            say(
                "the scheme {name!r} was scored on {until} already: {on} is earlier, and scores go forwards",
                name=name,
                until=until.isoformat(),
                on=on.isoformat(),
            ),
            "on",
        )


class UnknownCurrency(Invalid):
    """No such currency."""

    def __init__(self) -> None:
        super().__init__(say("there is no such currency: give its ISO 4217 code"), "currency")
