"""Who asks. Each aggregate's `visible_to(actor)` narrows reads by it, in one place per aggregate."""

from dataclasses import dataclass
from enum import StrEnum

from domain.users.model import Role


class Scope(StrEnum):
    """Whose rows an actor may see: his own customers', his branches', or all."""

    OWN = "OWN"
    BRANCH = "BRANCH"
    ALL = "ALL"


@dataclass(frozen=True)
class Actor:
    """A person or a machine that asks, proved by a token.

    `origin` is what the change feed says about who caused a change, e.g. "user:kim" or "import:erp".
    """

    subject: str
    role: Role
    scope: Scope = Scope.ALL
    user_id: int | None = None
    branch_ids: frozenset[int] = frozenset()

    @property
    def origin(self) -> str:
        return f"user:{self.subject}"


SYSTEM = Actor(subject="system", role=Role.ADMIN)
"""The company itself: migrations, imports and the demo run as it."""
