"""How the states of a case move."""

from domain.cases.errors import MoveNotAllowed
from domain.cases.model import CaseState

NEW, OPEN, WAITING_CUSTOMER, SOLVED, CLOSED = CaseState

MOVES: dict[CaseState, frozenset[CaseState]] = {
    NEW: frozenset({OPEN, WAITING_CUSTOMER, SOLVED, CLOSED}),
    OPEN: frozenset({WAITING_CUSTOMER, SOLVED, CLOSED}),
    WAITING_CUSTOMER: frozenset({OPEN, SOLVED, CLOSED}),
    SOLVED: frozenset({OPEN, CLOSED}),
    CLOSED: frozenset({OPEN}),
}
"""From each state to those that may follow. From SOLVED or CLOSED to OPEN the case is reopened."""

WORKED_ON = (NEW, OPEN, WAITING_CUSTOMER)
"""States in which somebody has still to do something: such cases can be overdue and are handed over."""

WAIT_FOR_US = (NEW, OPEN)
"""States whose time counts towards the solution time."""

ANSWERS = (WAITING_CUSTOMER, SOLVED)
"""Moves to these tell the customer something: the first is a first response."""


def check_move(now: CaseState, wanted: CaseState) -> None:
    """The move is allowed. Raises MoveNotAllowed, which names the moves that are."""
    if wanted not in MOVES[now]:
        raise MoveNotAllowed(now, wanted, MOVES[now])
