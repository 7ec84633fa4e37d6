"""What is refused about cases."""

from collections.abc import Collection
from datetime import datetime

from domain.cases.model import CaseState
from domain.errors import Conflict, NotFound
from domain.messages import say


class CaseNotFound(NotFound):
    def __init__(self, *path: str | int) -> None:
        super().__init__(say("there is no such case, or you may not see it"), *path)


class MoveNotAllowed(Conflict):
    """The case cannot come from its state into that one."""

    def __init__(self, now: CaseState, wanted: CaseState, allowed: Collection[CaseState]) -> None:
        onward = ", ".join(state for state in CaseState if state in allowed)
        super().__init__(
            say(
                "a case that is {now} cannot become {wanted}; allowed: {onward}",
                now=now,
                wanted=wanted,
                onward=onward,
            ),
            "state",
        )


class NotSolved(Conflict):
    """Satisfaction is with a solution, and there is none."""

    def __init__(self, state: CaseState) -> None:
        super().__init__(
            say("the case is {state} and not solved: it is rated after its solution", state=state), "id"
        )


class AlreadyRated(Conflict):
    """`current` is the key of the case."""

    def __init__(self, key: int, *, rated_at: datetime) -> None:
        super().__init__(
            say("the case was rated at {at} already: it is rated once", at=rated_at.isoformat()),
            "satisfaction",
        )
        self.current = key
