"""What is refused about users."""

from domain.errors import Conflict, NotFound
from domain.messages import say


class UserNotFound(NotFound):
    def __init__(self, *path: str | int) -> None:
        super().__init__(say("there is no such user"), *path)


class SubjectTaken(Conflict):
    def __init__(self) -> None:
        super().__init__(say("another user has this subject"), "subject")


class LastAdmin(Conflict):
    """Without an active administrator nobody could name one."""

    def __init__(self, *path: str | int) -> None:
        super().__init__(say("this is the last active administrator: name another one first"), *path)


class AlreadySo(Conflict):
    """The user is active, or deactivated, already."""
