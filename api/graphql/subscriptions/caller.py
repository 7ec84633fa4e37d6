"""Who holds a connection open: proved when it is made, and again while it is open."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NoReturn

import structlog

from api.backend import Backend
from api.context import Call
from api.errors import ApiError, Code, Unauthenticated
from domain.access import Actor
from domain.messages import say

log = structlog.get_logger("subscriptions")

RECHECK_SECONDS = 5.0


@dataclass
class Caller:
    """The bearer of a token. `call` says what he may do now: his branches may change while he listens."""

    backend: Backend
    authorization: str
    here: Callable[[], bool]
    call: Call

    @classmethod
    async def proved(
        cls, backend: Backend, authorization: str, here: Callable[[], bool], language: str
    ) -> "Caller":
        """The bearer of this Authorization header. Raises Unauthenticated."""
        actor = await backend.auth.bearer(authorization, here)
        return cls(backend, authorization, here, Call(actor, language=language))

    async def watched(self, seconds: float = RECHECK_SECONDS) -> NoReturn:
        """Never returns; raises Unauthenticated once the token has expired, the user is deactivated or his rights
        are others."""
        while True:
            await asyncio.sleep(seconds)
            try:
                actor = await self.backend.auth.bearer(self.authorization, self.here)
            except ApiError as error:
                if error.code is Code.UNAUTHENTICATED:
                    raise
                continue
            except Exception as error:  # noqa: BLE001  # the store is away: nobody can say, and nothing is told meanwhile
                log.warning("caller not proved again", error=type(error).__name__)
                continue
            if _rights(actor) != _rights(self.call.actor):
                raise Unauthenticated(say("your rights have changed; connect again"))
            self.call = replace(self.call, actor=actor)


def _rights(actor: Actor) -> Actor:
    """What a plan depends on: all but the branches, which are told anew at each read."""
    return replace(actor, branch_ids=frozenset())
