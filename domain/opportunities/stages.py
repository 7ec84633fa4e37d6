"""How an opportunity moves from stage to stage, and how probable a sale is in each."""

from domain.errors import Invalid
from domain.messages import say
from domain.opportunities.errors import MoveNotAllowed, ReasonNeeded
from domain.opportunities.model import OpportunityStage

LEAD, QUALIFIED, PROPOSED, NEGOTIATING, WON, LOST = OpportunityStage

OPEN = (LEAD, QUALIFIED, PROPOSED, NEGOTIATING)
"""Stages in which the sale may still come about; from WON and LOST to one of them it is reopened."""

MOVES: dict[OpportunityStage, frozenset[OpportunityStage]] = {
    LEAD: frozenset({QUALIFIED, PROPOSED, NEGOTIATING, WON, LOST}),
    QUALIFIED: frozenset({LEAD, PROPOSED, NEGOTIATING, WON, LOST}),
    PROPOSED: frozenset({LEAD, QUALIFIED, NEGOTIATING, WON, LOST}),
    NEGOTIATING: frozenset({LEAD, QUALIFIED, PROPOSED, WON, LOST}),
    WON: frozenset(OPEN),
    LOST: frozenset(OPEN),
}
"""From each stage to those that may follow. What was won is not lost, and the reverse, without being reopened."""

PROBABILITY: dict[OpportunityStage, int] = {
    LEAD: 10,
    QUALIFIED: 25,
    PROPOSED: 50,
    NEGOTIATING: 75,
    WON: 100,
    LOST: 0,
}
"""In per cent, where nobody says another."""


def check_move(now: OpportunityStage, wanted: OpportunityStage, reason: str | None) -> None:
    """The move is allowed. Raises MoveNotAllowed, and ReasonNeeded for a loss or a reopening without one."""
    if wanted not in MOVES[now]:
        raise MoveNotAllowed(now, wanted, MOVES[now])
    if reason is None and (wanted is LOST or now not in OPEN):
        raise ReasonNeeded(now, wanted)


def probability(stage: OpportunityStage, given: int | None) -> int:
    """How probable the sale is in the stage: as given, or else the stage's own. Raises Invalid."""
    if given is None:
        return PROBABILITY[stage]
    if stage not in OPEN and given != PROBABILITY[stage]:
        raise Invalid(
            say(
                "the probability of {stage} is {fixed}, not {given}",
                stage=stage,
                fixed=PROBABILITY[stage],
                given=given,
            ),
            "probability",
        )
    if not 0 <= given <= 100:
        raise Invalid(say("probability is {given}; allowed: 0 to 100 per cent", given=given), "probability")
    return given
