"""What is refused about households."""

from domain.errors import Conflict, Invalid, NotFound
from domain.messages import say


class HouseholdNotFound(NotFound):
    def __init__(self, *path: str | int) -> None:
        super().__init__(say("there is no such household, or you may not see it"), *path)


class AlreadyMember(Conflict):
    """The customer is in a household at that time: one at a time."""

    def __init__(self, *path: str | int) -> None:
        super().__init__(
            say("the customer is in a household at that time; it may be in one at a time"), *path
        )


class NotAMember(Invalid):
    def __init__(self, *path: str | int) -> None:
        super().__init__(say("the customer is not in this household"), *path)
