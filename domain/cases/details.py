"""What may be said about a case, and what of it is allowed."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, TypedDict

from domain import text
from domain.cases.model import CaseKind
from domain.channels import Channel
from domain.errors import Invalid
from domain.messages import say
from domain.work.priorities import Priority


class CaseDetails(TypedDict, total=False):
    """A key that is absent leaves the value as it is, None clears it."""

    kind: CaseKind
    channel: Channel
    subject: str
    description: str | None
    topic: str | None
    priority: Priority
    customer_id: int | None
    branch_id: int | None
    due_at: datetime | None


NEEDED = ("kind", "channel", "subject", "priority")

_TEXTS: dict[str, Callable[[str, str], str]] = {
    "subject": partial(text.line, limit=500),
    "description": partial(text.prose, clearable=True),
    "topic": partial(text.name, limit=100, clearable=True),
}


def checked(given: CaseDetails) -> dict[str, Any]:
    """The columns with their texts as the store keeps them. Raises Invalid at the first that breaks a rule."""
    found: dict[str, Any] = dict(given)
    for key in NEEDED:
        if key in found and found[key] is None:
            raise Invalid(say("{key} cannot be cleared: every case has one", key=key), key)
    for key, rule in _TEXTS.items():
        if found.get(key) is not None:
            found[key] = rule(found[key], key)
    return found


def reason(given: str | None) -> str | None:
    """Why a case moves, as the store keeps it. Raises Invalid."""
    return None if given is None else text.prose(given, "reason", limit=1_000, clearable=True)
