"""Who asks. Each aggregate's `visible_to(actor)` narrows reads by it, in one place per aggregate."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ARRAY, BigInteger, BindParameter, bindparam
from sqlalchemy.types import TypeEngine

from domain.roles import ApiScope, Role, Scope

PEOPLES_SCOPES = frozenset({ApiScope.READ, ApiScope.WRITE})
"""What a person's token is good for; BULK is for machines."""


@dataclass(frozen=True)
class Actor:
    """A person or a machine that asks, proved by a token or a key.

    `subject` is the person's subject or the key's id. `scopes` are what the credential may be used for;
    `trusted_only`: only documents that were registered beforehand.
    """

    subject: str
    role: Role
    scope: Scope = Scope.ALL
    user_id: int | None = None
    branch_ids: frozenset[int] = frozenset()
    machine: bool = False
    scopes: frozenset[ApiScope] = PEOPLES_SCOPES
    trusted_only: bool = False

    @cached_property
    def client(self) -> str:
        """Who this is to idempotency and rates: one name however often the credential was renewed."""
        return f"{'key' if self.machine else 'user'}:{self.subject}"

    @property
    def origin(self) -> str:
        """What the change feed says about who caused a change, e.g. "user:kim" or "import:erp"."""
        return self.client

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """What parameters of these names bind: one statement serves every actor of a scope."""
        return {
            "actor_user_id": self.user_id,
            "actor_branch_ids": sorted(self.branch_ids),
            "actor_subject": self.subject,
            "actor_role": self.role,
            "actor_scope": self.scope,
        }


_KEYS: TypeEngine[Sequence[int]] = ARRAY(BigInteger())


def user_of(actor: Actor) -> BindParameter[int | None]:
    """The actor's key among the users, as a parameter for `visible_to`."""
    return bindparam("actor_user_id", actor.user_id, BigInteger())


def branches_of(actor: Actor) -> BindParameter[Sequence[int]]:
    """The keys of the actor's branches, as a parameter for `visible_to`."""
    return bindparam("actor_branch_ids", sorted(actor.branch_ids), _KEYS)


SYSTEM = Actor(subject="system", role=Role.ADMIN)
"""The company itself: migrations, imports and the demo run as it."""
