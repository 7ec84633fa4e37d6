"""What is refused about contents."""

from datetime import datetime

from domain.errors import Conflict, NotFound
from domain.messages import say


class ContentNotFound(NotFound):
    def __init__(self, *path: str | int) -> None:
        super().__init__(say("there is no such content"), *path)


class ContentRetired(Conflict):
    """A retired content is not changed any more. `current` is its key."""

    def __init__(self, key: int, at: datetime) -> None:
        super().__init__(say("the content was retired at {at}", at=at.isoformat()), "id")
        self.current = key
