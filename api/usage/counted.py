"""The calls that one process has answered and not yet written."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter

from domain.access import Actor
from domain.usage.model import CallKind, Client
from domain.usage.writing import Calls

Named = tuple[CallKind, tuple[str, ...]]
"""What a request calls: operations of one kind."""


@dataclass(slots=True)
class Outcome:
    """Whether a call that is being answered has failed."""

    failed: bool = False


Key = tuple[int | None, str, bool, Named]
"""A user's key, if it is one, the role, whether it is a machine, and what is called."""


@dataclass(slots=True)
class Batch:
    """Calls since a moment: by who asked for what, how many, how many of them failed, and their seconds."""

    since: datetime = field(default_factory=lambda: datetime.now(UTC))
    sums: dict[Key, list[float]] = field(default_factory=dict)

    def calls(self) -> list[Calls]:
        """By operation; the rows may be of the same operation and user more than once."""
        return [
            Calls(
                user_id=user_id,
                role=str(role),
                client=Client.MACHINE if machine else Client.PERSON,
                kind=kind,
                operation=operation,
                calls=int(calls),
                errors=int(errors),
                milliseconds=seconds * 1000,
            )
            for (user_id, role, machine, (kind, operations)), (calls, errors, seconds) in self.sums.items()
            for operation in operations
        ]


MOST = 10_000
"""Users and what they call in one batch; beyond that, what is new is not counted."""


class Usage:
    """The batch that is being counted. A call costs a look into a dict and three additions: less than 0.5 us."""

    def __init__(self) -> None:
        self._batch = Batch()

    def count(self, actor: Actor, named: Named, *, failed: bool, seconds: float) -> None:
        """One more call of each of the operations."""
        key = (actor.user_id, actor.role, actor.machine, named)
        sums = self._batch.sums.get(key)
        if sums is None:
            if len(self._batch.sums) >= MOST or not named[1]:
                return
            sums = self._batch.sums[key] = [0, 0, 0.0]
        sums[0] += 1
        sums[1] += failed
        sums[2] += seconds

    @contextmanager
    def counting(self, actor: Actor, named: Named) -> Iterator[Outcome]:
        """What happens inside is counted as it ends; what raises has failed."""
        began, outcome = perf_counter(), Outcome()
        try:
            yield outcome
        except BaseException:
            outcome.failed = True
            raise
        finally:
            self.count(actor, named, failed=outcome.failed, seconds=perf_counter() - began)

    def take(self) -> Batch:
        """The batch so far; what is counted from now on is another."""
        taken, self._batch = self._batch, Batch()
        return taken

    def give_back(self, batch: Batch) -> None:
        """A batch that could not be written is counted with the present one, on its day."""
        self._batch.since = batch.since
        for key, sums in batch.sums.items():
            own = self._batch.sums.setdefault(key, [0, 0, 0.0])
            own[:] = [had + more for had, more in zip(own, sums, strict=True)]
