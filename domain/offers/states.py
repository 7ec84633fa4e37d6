"""How the states of a grant move: one way, steps may be left out, and three states end it."""

from domain.offers.errors import MoveNotAllowed
from domain.offers.model import GrantState

PROPOSED, DELIVERED, VIEWED, ACCEPTED, REDEEMED, DECLINED, EXPIRED = GrantState

MOVES: dict[GrantState, frozenset[GrantState]] = {
    PROPOSED: frozenset({DELIVERED, VIEWED, ACCEPTED, REDEEMED, DECLINED, EXPIRED}),
    DELIVERED: frozenset({VIEWED, ACCEPTED, REDEEMED, DECLINED, EXPIRED}),
    VIEWED: frozenset({ACCEPTED, REDEEMED, DECLINED, EXPIRED}),
    ACCEPTED: frozenset({REDEEMED, DECLINED, EXPIRED}),
    REDEEMED: frozenset(),
    DECLINED: frozenset(),
    EXPIRED: frozenset(),
}
"""From each state to those that may follow. At the counter a proposal is redeemed at once."""

GIVEN_BACK = frozenset({DECLINED, EXPIRED})
"""Grants in these states count neither towards the offer's quantity nor towards an agent's budget."""


def check_move(now: GrantState, wanted: GrantState) -> None:
    """The move is allowed. Raises MoveNotAllowed, which names the moves that are."""
    if wanted not in MOVES[now]:
        raise MoveNotAllowed(now, wanted, MOVES[now])
