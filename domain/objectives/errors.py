"""What is refused about objectives and targets."""

from datetime import datetime

from domain.errors import Conflict, Invalid, NotFound
from domain.messages import say


class ObjectiveNotFound(NotFound):
    def __init__(self, *path: str | int) -> None:
        super().__init__(say("there is no such objective"), *path)


class ObjectiveCircle(Invalid):
    """An objective cannot lie below itself."""

    def __init__(self) -> None:
        super().__init__(say("the parent lies below this objective, or is the objective itself"), "parent_id")


class ObjectivesTooDeep(Invalid):
    def __init__(self, levels: int, most: int) -> None:
        super().__init__(
            say(
                "the tree of objectives would be {levels} levels deep; at most {most} are allowed",
                levels=levels,
                most=most,
            ),
            "parent_id",
        )


class ObjectiveClosed(Conflict):
    """A closed objective is not changed any more. `current` is its key; None where something else was to be changed."""

    def __init__(self, key: int | None, state: str, *path: str | int) -> None:
        super().__init__(say("the objective is closed as {state}", state=state), *path)
        self.current = key


class TargetNotFound(NotFound):
    def __init__(self, *path: str | int) -> None:
        super().__init__(say("there is no such target"), *path)


class TargetWithdrawn(Conflict):
    """A withdrawn target is not changed any more. `current` is its key."""

    def __init__(self, key: int, at: datetime) -> None:
        super().__init__(say("the target was withdrawn at {at}", at=at.isoformat()), "id")
        self.current = key
