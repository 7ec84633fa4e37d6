"""What is refused about opportunities."""

from collections.abc import Collection

from domain.errors import Conflict, Invalid, NotFound
from domain.messages import say
from domain.opportunities.model import OpportunityStage


class OpportunityNotFound(NotFound):
    def __init__(self, *path: str | int) -> None:
        super().__init__(say("there is no such opportunity, or you may not see it"), *path)


class MoveNotAllowed(Conflict):
    """The opportunity cannot come from its stage into that one."""

    def __init__(
        self, now: OpportunityStage, wanted: OpportunityStage, allowed: Collection[OpportunityStage]
    ) -> None:
        onward = ", ".join(stage for stage in OpportunityStage if stage in allowed)
        super().__init__(
            say(
                "an opportunity that is {now} cannot become {wanted}; allowed: {onward}",
                now=now,
                wanted=wanted,
                onward=onward,
            ),
            "stage",
        )


class ReasonNeeded(Invalid):
    """Nobody loses a sale or opens it again without saying why."""

    def __init__(self, now: OpportunityStage, wanted: OpportunityStage) -> None:
        super().__init__(
            say("from {now} to {wanted} a reason is needed: say why", now=now, wanted=wanted), "reason"
        )


class NotWon(Conflict):
    """Only what was won became an order."""

    def __init__(self, stage: OpportunityStage) -> None:
        super().__init__(
            say("the opportunity is {stage}: only one that is WON has an order", stage=stage), "order_id"
        )
