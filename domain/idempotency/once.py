"""A write with a key happens once: its answer is kept in the write's own transaction.

Twins wait for each other on a lock of the key (lock_timeout, 3 s), so the second one finds the first one's record.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import DomainError
from domain.idempotency.model import IdempotencyRecord
from domain.messages import say

KEPT = timedelta(days=7)
LONGEST_KEY = 255
LOCK_NOT_AVAILABLE = "55P03"

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:client || chr(10) || :key, 0))")


@dataclass(frozen=True)
class Key:
    """Which write is meant: whose, by which key, and where in his request. `fingerprint` is of what he asks."""

    client: str
    key: str
    place: str
    fingerprint: str


class KeyReused(DomainError):
    """The key belongs to another request."""


class InProgress(DomainError):
    """The same request is still being worked on."""


class AnswerErased(DomainError):
    """The write was made; its answer is gone with a person's data."""


async def before(session: AsyncSession, wanted: Key) -> str | None:
    """The answer to the same write, if it was made; the key is this transaction's until it ends.

    Raises KeyReused, InProgress and AnswerErased.
    """
    await _lock(session, wanted)
    record = IdempotencyRecord
    held = (
        await session.execute(
            select(record.place, record.fingerprint, record.answer).where(
                record.client == wanted.client, record.key == wanted.key
            )
        )
    ).all()
    if any(row.fingerprint != wanted.fingerprint for row in held):
        raise KeyReused(
            say(
                "the idempotency key {key!r} was used for another request; give each request its own",
                key=wanted.key,
            )
        )
    same = [row for row in held if row.place == wanted.place]
    if same and same[0].answer is None:
        raise AnswerErased(say("this write was made; its answer was erased together with a person's data"))
    return same[0].answer if same else None


async def _lock(session: AsyncSession, wanted: Key) -> None:
    try:
        await session.execute(_LOCK, {"client": wanted.client, "key": wanted.key})
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        raise InProgress(
            say(
                "the request with the idempotency key {key!r} is still running; ask again in a moment",
                key=wanted.key,
            )
        ) from None


async def keep(session: AsyncSession, wanted: Key, answer: str, *, personal: bool) -> None:
    """The answer is kept with the write. `personal`: it may show a person, so an erasure takes it."""
    await session.execute(
        insert(IdempotencyRecord).values(
            client=wanted.client,
            key=wanted.key,
            place=wanted.place,
            fingerprint=wanted.fingerprint,
            answer=answer,
            personal=personal,
        )
    )


async def expire(session: AsyncSession, *, now: datetime, most: int = 10_000) -> int:
    """Records older than KEPT are gone, at most so many at once; how many were."""
    old = (
        select(IdempotencyRecord.client, IdempotencyRecord.key, IdempotencyRecord.place)
        .where(IdempotencyRecord.created_at < now - KEPT)
        .limit(most)
        .cte("old")
    )
    gone = await session.execute(
        delete(IdempotencyRecord)
        .where(
            IdempotencyRecord.client == old.c.client,
            IdempotencyRecord.key == old.c.key,
            IdempotencyRecord.place == old.c.place,
        )
        .returning(IdempotencyRecord.place)
    )
    return len(gone.all())


async def forget_answers(session: AsyncSession) -> None:
    """No kept answer shows a person any more; the writes stay known."""
    await session.execute(update(IdempotencyRecord).where(IdempotencyRecord.personal).values(answer=None))
