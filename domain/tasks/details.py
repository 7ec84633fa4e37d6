"""What may be said about a task, and what of it is allowed."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, TypedDict

from domain import text
from domain.errors import Invalid
from domain.messages import say
from domain.work.priorities import Priority


class TaskDetails(TypedDict, total=False):
    """A key that is absent leaves the value as it is, None clears it."""

    title: str
    note: str | None
    priority: Priority
    due_at: datetime | None
    customer_id: int | None


_NEVER_CLEARED = ("title", "priority")

_TEXTS: dict[str, Callable[[str, str], str]] = {
    "title": partial(text.name, limit=500),
    "note": partial(text.prose, clearable=True),
}


def checked(given: TaskDetails) -> dict[str, Any]:
    """The columns with their texts as the store keeps them. Raises Invalid at the first that breaks a rule."""
    found: dict[str, Any] = dict(given)
    for key in _NEVER_CLEARED:
        if key in found and found[key] is None:
            raise Invalid(say("{key} cannot be cleared: every task has one", key=key), key)
    for key, rule in _TEXTS.items():
        if found.get(key) is not None:
            found[key] = rule(found[key], key)
    return found


def outcome(given: str | None) -> str | None:
    """What came of it, or why it was cancelled, as the store keeps it. Raises Invalid."""
    return None if given is None else text.prose(given, "outcome", limit=2_000, clearable=True)
