"""Exports and erasures in the access log, written in their own transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Actor
from domain.access_log.model import AccessGroup, AccessKind, AccessLogEntry


async def log_access(
    session: AsyncSession,
    kind: AccessKind,
    customer_ids: Sequence[int],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """The access log says that the actor exported or erased everything of these customers, and why."""
    await session.execute(
        insert(AccessLogEntry).values(
            at=now,
            actor=actor.client,
            role=actor.role,
            kind=kind,
            groups=[group.value for group in AccessGroup],
            subject_ids=list(customer_ids),
            reason=reason,
        )
    )
