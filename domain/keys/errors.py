"""What is refused about machine keys."""

from domain.errors import Conflict, NotFound
from domain.messages import say


class KeyNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__(say("there is no such machine key"), "id")


class NotForBranches(Conflict):
    """A key may see more than one branch, so only who sees all may make or change one."""

    def __init__(self) -> None:
        super().__init__(say("machine keys are changed by administrators who see all rows"))


class KeyRevoked(Conflict):
    """A revoked key stays revoked."""

    def __init__(self) -> None:
        super().__init__(say("the machine key is revoked; create another"), "id")
