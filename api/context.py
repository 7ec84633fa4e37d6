"""What one request knows: who asks and how, what serves it, and the plan that answers it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from api.backend import Backend
from api.positions import Position
from domain.access import Actor
from domain.messages import ENGLISH
from domain.selection.subjects import Seen

if TYPE_CHECKING:
    from domain.selection.statement import Statement


@dataclass(slots=True)
class Call:
    """How a request came: who asks, in which language he is told, and under which idempotency key.

    `bulk`: a machine's batch, which may cost and take more than what people ask. `at_least`: the write that answers of
    the cube hold, unless a question says its own. `seen` gathers whose guarded data the answer shows. `gone` ends when
    nobody waits for the answer any more.
    """

    actor: Actor
    language: str = ENGLISH
    idempotency_key: str | None = None
    bulk: bool = False
    at_least: str | None = None
    seen: Seen = field(default_factory=Seen, compare=False)
    gone: Callable[[], Awaitable[None]] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Context:
    """Given to every resolver as `info.context`.

    `payloads` holds, by response key, the statement that reads what a mutation has written. `fingerprint` is the
    SHA-256 of what is asked, and `said` the rows in it by their variable, in writing; `replayed` gathers the response
    keys of mutations that were answered from a record, `positions` where the writes stand in the feed.
    """

    backend: Backend
    call: Call
    variables: Mapping[str, Any] = field(default_factory=dict)
    payloads: "Mapping[str, Statement]" = field(default_factory=dict)
    fingerprint: str = ""
    said: Mapping[str, Sequence[bytes]] = field(default_factory=dict)
    replayed: list[str] = field(default_factory=list)
    positions: list[Position] = field(default_factory=list)

    @property
    def actor(self) -> Actor:
        return self.call.actor

    def now(self) -> datetime:
        """The time of this call: the domain has no clock."""
        return datetime.now(UTC)
