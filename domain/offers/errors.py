"""What is refused about offers and grants."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from domain.errors import Conflict, NotFound
from domain.offers.model import GrantState


class OfferNotFound(NotFound):
    def __init__(self, *path: str | int) -> None:
        super().__init__("there is no such offer", *path)


class OfferCodeTaken(Conflict):
    def __init__(self, code: str) -> None:
        super().__init__(f"there is an offer with the code {code!r} already", "code")


class GrantNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("there is no such grant, or you may not see it", "id")


class OfferNotValid(Conflict):
    """The offer is not open yet, or not any more."""

    def __init__(self, code: str, *, valid_from: datetime, valid_to: datetime | None, now: datetime) -> None:
        end = "" if valid_to is None else f" until {valid_to.isoformat()}"
        super().__init__(
            f"the offer {code!r} is valid from {valid_from.isoformat()}{end}, not at {now.isoformat()}",
            "offer_id",
        )


class OfferExhausted(Conflict):
    def __init__(self, code: str, limit: int) -> None:
        super().__init__(f"all {limit} of the offer {code!r} are granted", "offer_id")


class NotForAgents(Conflict):
    """Agents may not grant this offer, or this agent may not."""


class BudgetSpent(Conflict):
    """The agent has granted for as much of this offer as he may in a month."""

    def __init__(self, code: str, *, budget: Decimal, spent: Decimal, due: Decimal, currency: str) -> None:
        super().__init__(
            f"your budget for the offer {code!r} is {budget} {currency} a month: {spent} are granted, "
            f"{due} more would exceed it",
            "offer_id",
        )


class GrantCodeTaken(Conflict):
    def __init__(self, code: str) -> None:
        super().__init__(f"another grant has the code {code!r}", "code")


class MoveNotAllowed(Conflict):
    """States of a grant move one way."""

    def __init__(self, now: GrantState, wanted: GrantState, allowed: Collection[GrantState]) -> None:
        onward = (
            ", ".join(state for state in GrantState if state in allowed) or "nothing: that state is final"
        )
        super().__init__(f"a grant that is {now} cannot become {wanted}; allowed: {onward}", "state")
