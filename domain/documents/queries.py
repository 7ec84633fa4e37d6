"""What is registered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.documents.model import TrustedDocument

if TYPE_CHECKING:
    import asyncpg


async def text_of(reads: "asyncpg.Pool[asyncpg.Record]", digest: str) -> str | None:
    """The text with this hash; None if it is not registered. One statement."""
    text: str | None = await reads.fetchval("SELECT text FROM trusted_documents WHERE digest = $1", digest)
    return text


@dataclass(frozen=True)
class Registered:
    """A registered document without its text."""

    digest: str
    name: str
    size: int
    registered_at: datetime


async def registered(session: AsyncSession) -> Sequence[Registered]:
    """All registered documents by name. `size` in bytes."""
    of = TrustedDocument
    rows = await session.execute(
        select(of.digest, of.name, func.octet_length(of.text), of.registered_at).order_by(of.name, of.digest)
    )
    return [Registered(*row) for row in rows]
