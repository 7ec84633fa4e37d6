"""What is refused about branches."""

from domain.errors import Conflict, NotFound
from domain.messages import say


class BranchNotFound(NotFound):
    def __init__(self, *path: str | int) -> None:
        super().__init__(say("there is no such branch"), *path)


class BranchCodeTaken(Conflict):
    def __init__(self, code: str) -> None:
        super().__init__(say("another branch has the code {code!r}", code=code), "code")


class BranchClosed(Conflict):
    """It is closed already, or it is not and is to be reopened."""
