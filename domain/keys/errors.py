"""What is refused about machine keys."""

from domain.errors import Conflict, NotFound
from domain.messages import say


class KeyNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__(say("there is no such machine key"), "id")


class KeyRevoked(Conflict):
    """A revoked key stays revoked."""

    def __init__(self) -> None:
        super().__init__(say("the machine key is revoked; create another"), "id")
