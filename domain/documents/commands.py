"""Documents are registered and removed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.documents.model import LARGEST, TrustedDocument
from domain.errors import Invalid, NotFound
from domain.messages import say


@dataclass(frozen=True)
class Document:
    """A text to register, with the name of its operation."""

    name: str
    text: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


async def register(session: AsyncSession, documents: Sequence[Document]) -> int:
    """The documents are registered; returns how many were not before. One statement.

    Raises Invalid for a text that is too large.
    """
    for document in documents:
        if len(document.text.encode()) > LARGEST:
            raise Invalid(
                say("the document {name} is larger than {most} bytes", name=document.name, most=LARGEST)
            )
    rows = {each.digest: {"digest": each.digest, "name": each.name, "text": each.text} for each in documents}
    if not rows:
        return 0
    made = insert(TrustedDocument).on_conflict_do_nothing().returning(TrustedDocument.digest)
    return len((await session.execute(made, list(rows.values()))).all())


async def remove(session: AsyncSession, digests: Sequence[str]) -> None:
    """These documents are registered no more. Raises NotFound for one that was not, and then removes none."""
    of = TrustedDocument.digest
    known = set(await session.scalars(select(of).where(of.in_(digests))))
    for digest in digests:
        if digest not in known:
            raise NotFound(say("no document {digest} is registered", digest=digest))
    await session.execute(delete(TrustedDocument).where(of.in_(digests)))
