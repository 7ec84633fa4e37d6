"""What can be said about one contact, and what of it is allowed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from domain import text
from domain.channels import Channel
from domain.customers.details import ExternalId
from domain.errors import Invalid
from domain.messages import say
from domain.money import Money
from domain.touchpoints.model import Direction, TouchpointKind

CLOCK_DIFFERENCE = timedelta(minutes=5)
"""How far ahead of ours the clock of a source may be."""

MOST_TOPICS = 20

_TEXTS: dict[str, tuple[Callable[..., str], int]] = {
    "source_system": (text.name, 60),
    "source_id": (text.key, 200),
    "visitor_id": (text.key, 200),
    "subject": (partial(text.line, clearable=True), 500),
    "note": (partial(text.prose, clearable=True), 10_000),
    "outcome": (partial(text.name, clearable=True), 100),
}

_RANGES = {"duration_seconds": (0, 2**31 - 1), "sentiment": (-100, 100), "rating": (1, 5)}


@dataclass(frozen=True)
class NewTouchpoint:
    """One contact as its source tells it: the key of a customer, or the id another system has for him.

    Without customer it belongs to the visitor, if one is named.
    """

    source_system: str
    source_id: str
    channel: Channel
    direction: Direction
    occurred_at: datetime
    kind: TouchpointKind = TouchpointKind.CONTACT
    customer: int | ExternalId | None = None
    visitor_id: str | None = None
    duration_seconds: int | None = None
    agent_id: int | None = None
    branch_id: int | None = None
    subject: str | None = None
    note: str | None = None
    topics: tuple[str, ...] = ()
    sentiment: int | None = None
    rating: int | None = None
    outcome: str | None = None
    cost: Money | None = None
    order_id: int | None = None
    offer_id: int | None = None


def checked(item: NewTouchpoint, *, now: datetime) -> NewTouchpoint:
    """The item with its texts as the store keeps them. Raises Invalid, whose path begins inside the item."""
    texts: dict[str, Any] = {
        name: rule(getattr(item, name), name, limit=limit)
        for name, (rule, limit) in _TEXTS.items()
        if getattr(item, name) is not None
    }
    for name, (least, most) in _RANGES.items():
        found = getattr(item, name)
        if found is not None and not least <= found <= most:
            raise Invalid(
                say(
                    "{name} is {found}; allowed: {least} to {most}",
                    name=name,
                    found=found,
                    least=least,
                    most=most,
                ),
                name,
            )
    if item.occurred_at > now + CLOCK_DIFFERENCE:
        raise Invalid(
            say("occurred_at {at} lies in the future", at=item.occurred_at.isoformat()), "occurred_at"
        )
    return replace(item, customer=_customer(item.customer), topics=_topics(item.topics), **texts)


def _customer(given: int | ExternalId | None) -> int | ExternalId | None:
    if not isinstance(given, ExternalId):
        return given
    return ExternalId(
        system=text.name(given.system, "customer", "system", limit=60),
        id=text.key(given.id, "customer", "id"),
    )


def _topics(given: tuple[str, ...]) -> tuple[str, ...]:
    if len(given) > MOST_TOPICS:
        raise Invalid(
            say("{count} topics are given; at most {most} are allowed", count=len(given), most=MOST_TOPICS),
            "topics",
        )
    return tuple(text.name(topic, "topics", place, limit=60) for place, topic in enumerate(given))
