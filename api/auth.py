"""Who asks: the bearer token of a request, proved, as an actor of the domain."""

import ipaddress
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from joserfc.jwk import OKPKey
from starlette.requests import HTTPConnection

from api.errors import Unauthenticated
from api.tokens import BadToken, Claims, read
from domain.access import Actor
from domain.roles import Role, Scope
from domain.users.lookup import identify

if TYPE_CHECKING:
    import asyncpg

REMEMBERED = 1024
REMEMBERED_SECONDS = 10
"""A proved token is not proved again for so long; nor does a deactivated user see more for longer than that."""


class Authenticator:
    """Proves bearer tokens. Local tokens are accepted from this machine only, never through a proxy."""

    def __init__(self, key: OKPKey, reads: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._key = key
        self._reads = reads
        self._proved: OrderedDict[str, tuple[float, Actor]] = OrderedDict()

    async def actor(self, request: HTTPConnection) -> Actor:
        """Who asks. Raises Unauthenticated, which says how to get a token."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthenticated(
                "a bearer token is needed: Authorization: Bearer <token>; see dangol token --help"
            )
        if not _from_here(request):
            raise Unauthenticated("local tokens are accepted from this machine only")
        return await self._prove(token.strip())

    async def _prove(self, token: str) -> Actor:
        known = self._proved.get(token)
        if known is not None and time.monotonic() < known[0]:
            return known[1]
        try:
            claims = read(self._key, token)
        except BadToken as error:
            raise Unauthenticated(f"the token is not valid: {error}") from None
        actor = await self._actor_of(claims)
        left = claims.expires_at - time.time()
        self._proved[token] = (time.monotonic() + min(REMEMBERED_SECONDS, max(left, 0)), actor)
        while len(self._proved) > REMEMBERED:
            self._proved.popitem(last=False)
        return actor

    async def _actor_of(self, claims: Claims) -> Actor:
        try:
            role, scope = Role(claims.role), Scope(claims.scope)
        except ValueError:
            raise Unauthenticated("the token names a role or scope that does not exist") from None
        identity = await identify(self._reads, subject=claims.subject, branches=claims.branches)
        if not identity.active:
            raise Unauthenticated("this user is deactivated")
        return Actor(
            subject=claims.subject,
            role=role,
            scope=scope,
            user_id=identity.user_id,
            branch_ids=identity.branch_ids,
        )


def _from_here(request: HTTPConnection) -> bool:
    """Whether the request comes from this machine, straight: a proxy here would make the whole world look local."""
    if "forwarded" in request.headers or "x-forwarded-for" in request.headers:
        return False
    if request.client is None:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
