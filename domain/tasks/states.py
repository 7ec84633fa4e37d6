"""How the states of a task move."""

from domain.tasks.errors import MoveNotAllowed
from domain.tasks.model import TaskState

OPEN, IN_PROGRESS, DONE, CANCELLED = TaskState

MOVES: dict[TaskState, frozenset[TaskState]] = {
    OPEN: frozenset({IN_PROGRESS, DONE, CANCELLED}),
    IN_PROGRESS: frozenset({DONE, CANCELLED}),
    DONE: frozenset(),
    CANCELLED: frozenset(),
}
"""From each state to those that may follow. Who wants to do it again makes a new task."""

TO_DO = (OPEN, IN_PROGRESS)
"""States in which it is still to be done: such tasks can be overdue and are handed over."""


def check_move(now: TaskState, wanted: TaskState) -> None:
    """The move is allowed. Raises MoveNotAllowed, which names the moves that are."""
    if wanted not in MOVES[now]:
        raise MoveNotAllowed(now, wanted, MOVES[now])
