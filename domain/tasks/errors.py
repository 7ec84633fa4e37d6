"""What is refused about tasks."""

from collections.abc import Collection
from datetime import datetime

from domain.errors import Conflict, Invalid, NotFound
from domain.messages import say
from domain.tasks.model import TaskState


class TaskNotFound(NotFound):
    def __init__(self, *path: str | int) -> None:
        super().__init__(say("there is no such task, or you may not see it"), *path)


class MoveNotAllowed(Conflict):
    """The task cannot come from its state into that one."""

    def __init__(self, now: TaskState, wanted: TaskState, allowed: Collection[TaskState]) -> None:
        onward = ", ".join(state for state in TaskState if state in allowed)
        super().__init__(
            say(
                "a task that is {now} cannot become {wanted}; allowed: {onward}",
                now=now,
                wanted=wanted,
                onward=onward or say("nothing: that state is final"),
            ),
            "id",
        )


class AlreadyDone(Conflict):
    """Nothing is done twice. Says who has done it and when; `current` is the key of the task."""

    def __init__(self, key: int, *, by: str | None, at: datetime) -> None:
        message = (
            say("the task was done at {at} already", at=at.isoformat())
            if by is None
            else say("the task was done by {by} at {at} already", by=by, at=at.isoformat())
        )
        super().__init__(message, "id")
        self.current = key


class NobodyTakesIt(Invalid):
    """The work of a user cannot go to that one."""
