"""What one request knows: who asks, what serves it, and the plan that answers it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from api.backend import Backend
from domain.access import Actor

if TYPE_CHECKING:
    from domain.selection.statement import Statement


@dataclass(frozen=True)
class Context:
    """Given to every resolver as `info.context`.

    `payloads` holds, by response key, the statement that reads what a mutation has written.
    """

    backend: Backend
    actor: Actor
    variables: Mapping[str, Any] = field(default_factory=dict)
    payloads: "Mapping[str, Statement]" = field(default_factory=dict)

    def now(self) -> datetime:
        """The time of this call: the domain has no clock."""
        return datetime.now(UTC)
