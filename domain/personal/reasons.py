"""Why somebody did what is logged."""

from domain import text
from domain.personal.errors import ReasonMissing


def reason_of(given: str) -> str:
    """The reason as it is kept: one line of at most 1,000 characters. Raises ReasonMissing and Invalid."""
    if not given.strip():
        raise ReasonMissing
    return text.line(given, "reason", limit=1_000)
