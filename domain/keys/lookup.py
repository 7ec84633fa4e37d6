"""Which machine a key stands for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from domain.access import Actor
from domain.keys.secret import Shown, proves
from domain.roles import ApiScope, Role, Scope

if TYPE_CHECKING:
    import asyncpg

USED_EVERY = timedelta(hours=1)
"""How exactly the last use is known: a write for each request would cost more than the request."""

_FIND = """
    SELECT k.id, k.public_id, k.role, k.scope, k.api_scopes, k.trusted_only, k.expires_at, k.revoked_at,
           ARRAY(SELECT branch_id FROM machine_key_branches WHERE key_id = k.id) AS branch_ids,
           ARRAY(SELECT sha256 FROM machine_key_secrets WHERE key_id = k.id AND (valid_to IS NULL OR valid_to > $2)
                 ORDER BY id DESC LIMIT 2) AS secrets,
           (SELECT last_used_at FROM machine_key_uses WHERE key_id = k.id) AS last_used_at
    FROM machine_keys k WHERE k.public_id = $1
"""

_USE = """
    INSERT INTO machine_key_uses (key_id, last_used_at) VALUES ($1, $2)
    ON CONFLICT (key_id) DO UPDATE SET last_used_at = EXCLUDED.last_used_at
    WHERE machine_key_uses.last_used_at < EXCLUDED.last_used_at
"""


@dataclass(frozen=True)
class Machine:
    """A key that is good now, and until when at most."""

    actor: Actor
    expires_at: datetime | None


async def recognise(reads: "asyncpg.Pool[asyncpg.Record]", shown: Shown, *, now: datetime) -> Machine | None:
    """The machine whose key this is; None for an unknown, expired or revoked key and for a wrong secret alike.

    One statement, and once an hour another that keeps the time of use.
    """
    row = await reads.fetchrow(_FIND, shown.public_id, now)
    good = proves(shown, () if row is None else row["secrets"])
    if row is None or not good or row["revoked_at"] is not None:
        return None
    if row["expires_at"] is not None and row["expires_at"] <= now:
        return None
    if row["last_used_at"] is None or now - row["last_used_at"] >= USED_EVERY:
        await reads.execute(_USE, row["id"], now)
    return Machine(_actor(row), row["expires_at"])


def _actor(row: "asyncpg.Record") -> Actor:
    return Actor(
        subject=row["public_id"],
        role=Role(row["role"]),
        scope=Scope(row["scope"]),
        branch_ids=frozenset(row["branch_ids"]),
        machine=True,
        scopes=frozenset(ApiScope(each) for each in row["api_scopes"]),
        trusted_only=row["trusted_only"],
    )
