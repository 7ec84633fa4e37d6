"""Registered documents, found by their SHA-256: held in this process, read from the store when they are not.

Who may run only registered documents (`actor.trusted_only`) is refused any other. A document that was removed is
forgotten by every process within a minute.
"""

import hashlib
import time
from typing import TYPE_CHECKING

from api.errors import ApiError, BadRequest, Code, Forbidden
from api.graphql.caches import Recent
from api.graphql.documents import Documents, Operation
from api.graphql.requests import Asking
from domain.access import Actor
from domain.documents.queries import text_of
from domain.messages import say

if TYPE_CHECKING:
    import asyncpg

HELD = 4 * 1024 * 1024
"""Characters of all texts held."""

HELD_SECONDS = 60


class TrustedDocuments:
    """The registered documents as this process knows them."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self._held: Recent[str, tuple[float, str]] = Recent(HELD)

    async def operation(
        self, asked: Asking, actor: Actor, reads: "asyncpg.Pool[asyncpg.Record]"
    ) -> Operation:
        """The operation that is meant.

        Raises ApiError NOT_FOUND for an unknown hash, Forbidden for whoever may run registered ones only, BadRequest
        where text and hash disagree, and what refuses a document.
        """
        text, trusted = await self._text(asked, actor, reads)
        return self.documents.operation(text, asked.operation, trusted=trusted)

    async def _text(
        self, asked: Asking, actor: Actor, reads: "asyncpg.Pool[asyncpg.Record]"
    ) -> tuple[str, bool]:
        """The document, and whether it is a registered one."""
        if asked.query is None:
            assert asked.digest is not None, "a request has a text or a hash"
            found = await self._found(asked.digest, reads)
            if found is None:
                raise _unknown(asked)
            return found, True
        if asked.digest is None and not actor.trusted_only:
            return asked.query, False
        return asked.query, await self._checked(asked, actor, reads)

    async def _checked(self, asked: Asking, actor: Actor, reads: "asyncpg.Pool[asyncpg.Record]") -> bool:
        assert asked.query is not None
        digest = hashlib.sha256(asked.query.encode()).hexdigest()
        if asked.digest is not None and asked.digest != digest:
            raise BadRequest(say("the hash is not that of the document"))
        registered = await self._found(digest, reads) is not None
        if actor.trusted_only and not registered:
            raise Forbidden(say("this credential may run registered documents only; see dangol documents"))
        return registered

    async def _found(self, digest: str, reads: "asyncpg.Pool[asyncpg.Record]") -> str | None:
        held = self._held.get(digest)
        if held is not None and time.monotonic() < held[0]:
            return held[1]
        text = await text_of(reads, digest)
        if text is not None:
            self._held.put(digest, (time.monotonic() + HELD_SECONDS, text), len(text))
        return text


def _unknown(asked: Asking) -> ApiError:
    # Apollo's and urql's clients look for these very words, and then send the text along with the hash.
    message = (
        "PersistedQueryNotFound"
        if asked.apollo
        else say("the document sha256:{digest} is not registered", digest=asked.digest)
    )
    return ApiError(Code.NOT_FOUND, message)
