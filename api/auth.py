"""Who asks: the bearer token or machine key of a request, proved, as an actor of the domain.

Three kinds: a machine key (`dgl_...`), a token of an issuer that the settings name, and a development token of this
machine's own key. What was proved is remembered for a few seconds under its SHA-256: a secret is not kept, and looking
it up says nothing about how much of it was right.
"""

import asyncio
import hashlib
import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import asyncpg
from joserfc.jwk import OKPKey
from starlette.requests import HTTPConnection

from api.errors import ApiError, Code, Unauthenticated
from api.oidc.people import People
from api.oidc.proof import opened
from api.tokens import ISSUER, BadToken, Claims, read
from domain.access import Actor
from domain.keys import lookup, secret
from domain.messages import say
from domain.roles import Role, Scope
from domain.users.lookup import identify

REMEMBERED = 1024
REMEMBERED_SECONDS = 10
"""A proved token is not proved again for so long; nor does a deactivated user see more for longer than that."""

FAR = 2.0**40
"""Seconds since 1970 after which an end is as good as none; a claim may say a number that no float can hold."""

DEADLINE_SECONDS = 5
LOST = (asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError, asyncpg.InterfaceError, OSError)
"""The server closed the connection or does not listen: a pool's connection finds out by being asked."""

PROXIED = frozenset(
    (b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip")
)

Until = tuple[Actor, float]
"""An actor, and the time (seconds since 1970) at which his token or key ends."""


class Authenticator:
    """Proves bearer tokens and machine keys.

    `people` prove tokens of issuers. `local`: development tokens are accepted, from this machine only and never
    through a proxy.
    """

    def __init__(
        self,
        key: OKPKey,
        reads: "asyncpg.Pool[asyncpg.Record]",
        *,
        people: Sequence[People] = (),
        local: bool = True,
        remembered_seconds: float = REMEMBERED_SECONDS,
    ) -> None:
        self._key = key
        self._reads = reads
        self._people = {each.issuer: each for each in people}
        self._local = local
        self._remembered_seconds = remembered_seconds
        self._proved: OrderedDict[bytes, tuple[float, Actor, bool]] = OrderedDict()

    async def actor(self, request: HTTPConnection) -> Actor:
        """Who asks. Raises Unauthenticated, which says how to get a token, and ApiError where nobody can say."""
        names = request.headers.raw
        client = request.scope.get("client")
        return await self.bearer(
            request.headers.get("authorization", ""), lambda: from_here([name for name, _ in names], client)
        )

    async def bearer(self, authorization: str, here: Callable[[], bool]) -> Actor:
        """Whom the text of an Authorization header proves; `here`: whether it came straight from this machine."""
        name = hashlib.sha256(authorization.encode()).digest()
        known = self._proved.get(name)
        if known is None or time.monotonic() >= known[0]:
            known = await self._prove(_token(authorization), name)
        _, actor, local = known
        if local and not here():
            raise Unauthenticated(say("local tokens are accepted from this machine only"))
        return actor

    async def _prove(self, token: str, name: bytes) -> tuple[float, Actor, bool]:
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                try:
                    actor, ends, local = await self._who(token)
                except LOST:
                    actor, ends, local = await self._who(token)
        except (*LOST, TimeoutError):
            raise ApiError(
                Code.BUSY, say("who asks cannot be looked up at the moment; ask again in a moment")
            ) from None
        return self._remember(name, actor, ends, local)

    async def _who(self, token: str) -> tuple[Actor, float, bool]:
        """Whom the token proves, when it ends, and whether it is good on this machine only."""
        if token.startswith(secret.PREFIX):
            return *await self._machine(token), False
        try:
            said = opened(token)
            if said.issuer == ISSUER and self._local:
                return *await self._developer(read(self._key, token)), True
            person = self._people.get(said.issuer)
            if person is None:
                raise BadToken(say("it is not from an issuer that is known here"))
            return *await person.actor(said, self._reads), False
        except BadToken as error:
            raise Unauthenticated(say("the token is not valid: {reason}", reason=error.reason)) from None

    def _remember(self, name: bytes, actor: Actor, ends: float, local: bool) -> tuple[float, Actor, bool]:
        seconds = min(self._remembered_seconds, max(min(ends, FAR) - time.time(), 0))
        found = (time.monotonic() + seconds, actor, local)
        self._proved[name] = found
        while len(self._proved) > REMEMBERED:
            self._proved.popitem(last=False)
        return found

    async def _machine(self, token: str) -> Until:
        shown = secret.read(token)
        found = None if shown is None else await lookup.recognise(self._reads, shown, now=datetime.now(UTC))
        if found is None:
            raise Unauthenticated(say("the machine key is unknown, expired or revoked"))
        return found.actor, float("inf") if found.expires_at is None else found.expires_at.timestamp()

    async def _developer(self, claims: Claims) -> Until:
        try:
            role, scope = Role(claims.role), Scope(claims.scope)
        except ValueError:
            raise BadToken(say("it names a role or scope that does not exist")) from None
        identity = await identify(self._reads, subject=claims.subject, branches=claims.branches)
        if not identity.active:
            raise Unauthenticated(say("this user is deactivated"))
        actor = Actor(subject=claims.subject, role=role, scope=scope, user_id=identity.user_id)
        return replace(actor, branch_ids=identity.branch_ids), claims.expires_at


def _token(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated(
            say("a bearer token is needed: Authorization: Bearer <token>; see dangol token --help")
        )
    return token


def from_here(headers: Collection[bytes], client: tuple[str, int] | None) -> bool:
    """Whether the request comes from this machine, straight: a proxy here would make the whole world look local.

    `headers` are the names of its headers, in lower case.
    """
    if client is None or not PROXIED.isdisjoint(headers):
        return False
    try:
        return client[0] == "127.0.0.1" or ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False
