"""What is refused about offers and grants."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from domain.errors import Conflict, NotFound
from domain.messages import say
from domain.offers.model import GrantState


class OfferNotFound(NotFound):
    def __init__(self, *path: str | int) -> None:
        super().__init__(say("there is no such offer"), *path)


class OfferCodeTaken(Conflict):
    def __init__(self, code: str) -> None:
        super().__init__(say("there is an offer with the code {code!r} already", code=code), "code")


class GrantNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__(say("there is no such grant, or you may not see it"), "id")


class OfferNotValid(Conflict):
    """The offer is not open yet, or not any more."""

    def __init__(self, code: str, *, valid_from: datetime, valid_to: datetime | None, now: datetime) -> None:
        start, at = valid_from.isoformat(), now.isoformat()
        told = (
            say("the offer {code!r} is valid from {start}, not at {at}", code=code, start=start, at=at)
            if valid_to is None
            else say(
                "the offer {code!r} is valid from {start} until {end}, not at {at}",
                code=code,
                start=start,
                end=valid_to.isoformat(),
                at=at,
            )
        )
        super().__init__(told, "offer_id")


class OfferExhausted(Conflict):
    def __init__(self, code: str, limit: int) -> None:
        super().__init__(
            say("all {limit} of the offer {code!r} are granted", limit=limit, code=code), "offer_id"
        )


class NotEligible(Conflict):
    """The customer does not meet a rule of the offer; says which."""

    def __init__(self, code: str, rule: str) -> None:
        super().__init__(
            say("the offer {code!r} is not for this customer; it requires that {rule}", code=code, rule=rule),
            "customer_id",
        )


class CustomerExcluded(Conflict):
    """The offer excludes the customer, by a rule, which is named, or by name."""

    def __init__(self, code: str, rule: str | None = None) -> None:
        told = (
            say("the offer {code!r} excludes this customer by name", code=code)
            if rule is None
            else say(
                "the offer {code!r} excludes customers of whom it holds that {rule}", code=code, rule=rule
            )
        )
        super().__init__(told, "customer_id")


class GivenTwice(Conflict):
    """The customer stands twice in one batch."""

    def __init__(self) -> None:
        super().__init__(say("this customer was named before in the same call"), "customer_id")


class NotForAgents(Conflict):
    """Agents may not grant this offer, or this agent may not."""


class BudgetSpent(Conflict):
    """The agent has granted for as much of this offer as he may in a month."""

    def __init__(self, code: str, *, budget: Decimal, spent: Decimal, due: Decimal, currency: str) -> None:
        super().__init__(
            say(
                "your budget for the offer {code!r} is {budget} {currency} a month: {spent} are granted, "
                "{due} more would exceed it",
                code=code,
                budget=budget,
                currency=currency,
                spent=spent,
                due=due,
            ),
            "offer_id",
        )


class GrantCodeTaken(Conflict):
    def __init__(self, code: str) -> None:
        super().__init__(say("another grant has the code {code!r}", code=code), "code")


class MoveNotAllowed(Conflict):
    """States of a grant move one way."""

    def __init__(self, now: GrantState, wanted: GrantState, allowed: Collection[GrantState]) -> None:
        onward = ", ".join(state for state in GrantState if state in allowed)
        super().__init__(
            say(
                "a grant that is {now} cannot become {wanted}; allowed: {onward}",
                now=now,
                wanted=wanted,
                onward=onward or say("nothing: that state is final"),
            ),
            "state",
        )
