"""Changes of machine keys. A secret is given back to the caller and kept as a hash only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows, text
from domain.access import Actor
from domain.branches.model import Branch
from domain.errors import Invalid, StaleVersion
from domain.keys import secret
from domain.keys.errors import KeyNotFound, KeyRevoked, NotForBranches
from domain.keys.model import (
    MOST_SECRETS,
    MachineKey,
    MachineKeyBranch,
    MachineKeySecret,
    MachineRole,
    MachineScope,
)
from domain.messages import say
from domain.roles import ApiScope, Scope

LONGEST_OVERLAP = timedelta(days=7)


@dataclass(frozen=True)
class KeyDetails:
    """What a machine key is good for. `branch_ids` are for the scope BRANCH."""

    name: str
    role: MachineRole = MachineRole.INTEGRATION
    scope: MachineScope = MachineScope.ALL
    branch_ids: frozenset[int] = frozenset()
    api_scopes: frozenset[ApiScope] = frozenset({ApiScope.READ, ApiScope.WRITE})
    trusted_only: bool = False
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Issued:
    """A key with its text, which nobody can learn again."""

    key_id: int
    text: str


async def create_machine_key(
    session: AsyncSession, details: KeyDetails, *, actor: Actor, now: datetime
) -> Issued:
    """A key with one secret is here. Raises Invalid, NotForBranches. Four statements."""
    _check_actor(actor)
    await _check(session, details, now=now)
    public_id = secret.new_id()
    made: int | None = await session.scalar(
        insert(MachineKey)
        .values(
            public_id=public_id,
            name=text.name(details.name, "name"),
            role=details.role,
            scope=details.scope,
            api_scopes=sorted(details.api_scopes),
            trusted_only=details.trusted_only,
            expires_at=details.expires_at,
        )
        .returning(MachineKey.id)
    )
    assert made is not None, "an insert that does not fail returns its row"
    if details.branch_ids:
        pairs = [{"key_id": made, "branch_id": branch} for branch in sorted(details.branch_ids)]
        await session.execute(insert(MachineKeyBranch), pairs)
    return await _with_secret(session, made, public_id, now=now)


async def rotate_machine_key(
    session: AsyncSession,
    key_id: int,
    *,
    expected_version: int,
    overlap: timedelta,
    actor: Actor,
    now: datetime,
) -> Issued:
    """The key has a new secret; the one before it is good for `overlap` longer, any older one not any more.

    Raises KeyNotFound, StaleVersion, KeyRevoked, Invalid, NotForBranches. Five statements.
    """
    _check_actor(actor)
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        most = int(LONGEST_OVERLAP.total_seconds() // 60)
        raise Invalid(say("the overlap must be 0 to {most} minutes", most=most), "overlap_minutes")
    public_id = await _locked(session, key_id, expected_version=expected_version)
    newest = select(MachineKeySecret.id).where(MachineKeySecret.key_id == key_id)
    kept = newest.order_by(MachineKeySecret.id.desc()).limit(MOST_SECRETS - 1).scalar_subquery()
    of_key = MachineKeySecret.key_id == key_id
    await session.execute(delete(MachineKeySecret).where(of_key, MachineKeySecret.id != kept))
    await session.execute(update(MachineKeySecret).where(of_key).values(valid_to=now + overlap))
    return await _with_secret(session, key_id, public_id, now=now)


async def revoke_machine_key(
    session: AsyncSession, key_id: int, *, expected_version: int, actor: Actor, now: datetime
) -> None:
    """The key lets nobody in any more; its secrets are forgotten.

    Raises KeyNotFound, StaleVersion, KeyRevoked, NotForBranches. Three statements.
    """
    _check_actor(actor)
    await _locked(session, key_id, expected_version=expected_version)
    await session.execute(update(MachineKey).where(MachineKey.id == key_id).values(revoked_at=now))
    await session.execute(delete(MachineKeySecret).where(MachineKeySecret.key_id == key_id))


def _check_actor(actor: Actor) -> None:
    if actor.scope is not Scope.ALL:
        raise NotForBranches


async def _with_secret(session: AsyncSession, key_id: int, public_id: str, *, now: datetime) -> Issued:
    made = secret.new_secret()
    await session.execute(
        insert(MachineKeySecret).values(key_id=key_id, sha256=secret.hashed(made), issued_at=now)
    )
    return Issued(key_id, secret.text_of(public_id, made))


async def _locked(session: AsyncSession, key_id: int, *, expected_version: int) -> str:
    row = (
        await session.execute(
            select(MachineKey.public_id, MachineKey.version, MachineKey.revoked_at)
            .where(MachineKey.id == key_id)
            .with_for_update(key_share=True)
        )
    ).one_or_none()
    if row is None:
        raise KeyNotFound
    if row.version != expected_version:
        raise StaleVersion("machine key", key_id, expected=expected_version, current=row.version)
    if row.revoked_at is not None:
        raise KeyRevoked
    found: str = row.public_id
    return found


async def _check(session: AsyncSession, details: KeyDetails, *, now: datetime) -> None:
    if not details.api_scopes:
        raise Invalid(say("a key needs at least one of READ, WRITE, BULK and METRICS"), "api_scopes")
    if ApiScope.BULK in details.api_scopes and ApiScope.WRITE not in details.api_scopes:
        raise Invalid(say("BULK is for keys that may WRITE"), "api_scopes")
    if details.expires_at is not None and details.expires_at <= now:
        raise Invalid(say("the key would have expired already"), "expires_at")
    if (details.scope is MachineScope.BRANCH) != bool(details.branch_ids):
        raise Invalid(
            say("branches are needed for the scope BRANCH, and for no other"),
            "branch_ids",
        )
    await _check_branches(session, details.branch_ids)


async def _check_branches(session: AsyncSession, branch_ids: Collection[int]) -> None:
    if set(branch_ids) - await rows.known(session, Branch.id, branch_ids):
        raise Invalid(say("there is no such branch"), "branch_ids")
