"""What is refused about points."""

from domain.errors import Conflict, NotFound
from domain.messages import say


class EntryNotFound(NotFound):
    def __init__(self, *path: str | int) -> None:
        super().__init__(say("there is no such entry of points, or you may not see it"), *path)


class NotEnoughPoints(Conflict):
    """The balance would be negative, and the scheme does not allow it."""

    def __init__(self, *, balance: int, taken: int) -> None:
        super().__init__(
            say("the balance is {balance} points; {taken} cannot be taken", balance=balance, taken=taken),
            "points",
        )


class AlreadyReversed(Conflict):
    """An entry is undone once. `current` is the key of the entry that did it."""

    def __init__(self, key: int) -> None:
        super().__init__(say("this entry was reversed already"), "id")
        self.current = key


class EntryDiffers(Conflict):
    """The source has told something else under the same id."""

    def __init__(self, system: str, key: str) -> None:
        super().__init__(
            say("the entry {id!r} of {system!r} is here already, and differs", id=key, system=system),
            "source_id",
        )
