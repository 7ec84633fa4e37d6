"""What becomes of a row, and why one is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.errors import Conflict, DomainError, Invalid
from domain.messages import say


class RowStatus(StrEnum):
    """STALE is older than what its source has said before; REJECTED says why."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    UNCHANGED = "UNCHANGED"
    STALE = "STALE"
    REJECTED = "REJECTED"


class Policy(StrEnum):
    """What one refused row costs: all rows of its call, or itself alone."""

    REJECT_ALL = "REJECT_ALL"
    REJECT_FAILED_ROWS = "REJECT_FAILED_ROWS"


@dataclass(slots=True)
class Outcome:
    """What became of one row: the key of what it is about, or why it was refused, with a path inside the row."""

    status: RowStatus
    key: int | None = None
    error: DomainError | None = None


class UnknownReference(Invalid):
    """The row refers to what is not there."""

    def __init__(self, what: str, named: str, *path: str | int) -> None:
        super().__init__(
            say("there is no {what} {named}, or you may not see it", what=what, named=named), *path
        )


class DuplicateInBatch(Conflict):
    """An earlier row of the same call is about the same."""

    def __init__(self, first: int) -> None:
        super().__init__(
            say("row {first} of the same call has this key already; the first one counts", first=first), "key"
        )


class NotWritten(Conflict):
    """Nothing is wrong with this row."""

    def __init__(self) -> None:
        super().__init__(say("not written: other rows of the call are refused, and its policy is REJECT_ALL"))


class NameTaken(Conflict):
    """Another one has this name: perhaps the two are one."""

    def __init__(self, system: str, name: str, *path: str | int) -> None:
        super().__init__(
            say("{name!r} of {system!r} is the name of another one", name=name, system=system), *path
        )


class CodeTaken(Conflict):
    """Another one has this code."""

    def __init__(self, code: str, *path: str | int) -> None:
        super().__init__(say("another one has the code {code!r}", code=code), *path)


class Unchangeable(Conflict):
    """What was said once and stays."""

    def __init__(self, field: str, *path: str | int) -> None:
        super().__init__(say("{field} never changes once it is there; leave it out", field=field), *path)


def placed(error: DomainError | None, fields: Mapping[str, tuple[str, ...]]) -> DomainError | None:
    """The error of a command, at the place in the row of what `fields` say the row calls otherwise."""
    if error is not None and error.path:
        first, *inside = error.path
        error.path = (*fields.get(str(first), (first,)), *inside)
    return error


def refused(outcomes: Sequence[Outcome]) -> bool:
    """Whether a row is REJECTED."""
    return any(outcome.status is RowStatus.REJECTED for outcome in outcomes)


def by_policy(outcomes: list[Outcome], policy: Policy) -> list[Outcome]:
    """The outcomes; under REJECT_ALL a refused row costs the others too: whoever wrote them takes it back."""
    if policy is Policy.REJECT_FAILED_ROWS or not refused(outcomes):
        return outcomes
    return [
        outcome if outcome.status is RowStatus.REJECTED else Outcome(RowStatus.REJECTED, error=NotWritten())
        for outcome in outcomes
    ]
