"""An issuer's public keys: fetched by discovery or from an address, or read from a file; kept while he is away.

They are fetched when they are first needed, again after an hour in the background, and when a token names a key that
is not known: then at most every 30 s, so that made-up names do not make us ask the issuer without end.
"""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from api.oidc.issuers import Issuer

if TYPE_CHECKING:
    import ssl

    import httpx

FRESH_SECONDS = 3600
PAUSE_SECONDS = 30
TIMEOUT_SECONDS = 5
LARGEST = 256 * 1024
FEWEST_RSA_BITS = 2048

log = structlog.get_logger("oidc")

Key = RSAKey | ECKey | OKPKey


class NoKeys(Exception):
    """The issuer's keys were never had, and cannot be had now."""


class Keys:
    """The keys of one issuer."""

    def __init__(
        self,
        issuer: Issuer,
        *,
        clock: Callable[[], float] = time.monotonic,
        transport: "httpx.AsyncBaseTransport | None" = None,
    ) -> None:
        self._issuer = issuer
        self._clock = clock
        self._transport = transport
        self._found: dict[str, Key] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._one_at_a_time = asyncio.Lock()
        self._refreshing: asyncio.Task[None] | None = None

    async def find(self, kid: str | None, algorithm: str) -> Key | None:
        """The key of this name that signs by this algorithm; the only one if the token names none.

        Raises NoKeys where no key is known at all.
        """
        found = self._known(kid, algorithm)
        if found is None:
            await self._refresh()
            found = self._known(kid, algorithm)
        elif self._old():
            self._refreshing = asyncio.ensure_future(self._refresh())
        if found is None and not self._found:
            raise NoKeys
        return found

    def _known(self, kid: str | None, algorithm: str) -> Key | None:
        if kid is not None:
            found = self._found.get(kid)
            return found if found is not None and signs(found, algorithm) else None
        fitting = [key for key in self._found.values() if signs(key, algorithm)]
        return fitting[0] if len(fitting) == 1 else None

    def _old(self) -> bool:
        return self._fetched_at is None or self._clock() - self._fetched_at > FRESH_SECONDS

    def _due(self) -> bool:
        return self._tried_at is None or self._clock() - self._tried_at >= PAUSE_SECONDS

    async def _refresh(self) -> None:
        """The keys are as the issuer has them now, or as they were if he does not answer."""
        if not self._due():
            return
        async with self._one_at_a_time:
            if not self._due():
                return
            import httpx  # loaded where there is an issuer to ask

            self._tried_at = self._clock()
            try:
                found = usable(await self._fetch())
            except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, RecursionError) as error:
                log.warning("keys not fetched", issuer=self._issuer.issuer, error=type(error).__name__)
                return
            self._found, self._fetched_at = found, self._clock()

    async def _fetch(self) -> Any:
        if self._issuer.jwks_file is not None:
            return json.loads(await asyncio.to_thread(_text, self._issuer.jwks_file))
        import httpx

        async with (
            asyncio.timeout(TIMEOUT_SECONDS),
            httpx.AsyncClient(
                timeout=TIMEOUT_SECONDS, transport=self._transport, verify=await asyncio.to_thread(_trusted)
            ) as client,
        ):
            return await _fetched(client, self._issuer.jwks_url or await self._discovered(client))

    async def _discovered(self, client: "httpx.AsyncClient") -> str:
        """Where the issuer says that his keys are. Source: OpenID Connect Discovery 1.0, section 4."""
        url = f"{self._issuer.issuer.rstrip('/')}/.well-known/openid-configuration"
        said = await _fetched(client, url)
        if not isinstance(said, Mapping) or said.get("issuer") != self._issuer.issuer:
            raise ValueError("the discovery document is another issuer's")
        return Issuer(issuer=self._issuer.issuer, audience="-", jwks_url=said.get("jwks_uri")).jwks_url or ""


@cache
def _trusted() -> "ssl.SSLContext":
    """Whose certificates are trusted, read once: that takes 30 ms, in which nobody else was answered (measured)."""
    import httpx

    return httpx.create_ssl_context()


async def _fetched(client: "httpx.AsyncClient", url: str) -> Any:
    """The JSON at the address, which is short and is there itself: no redirect is followed."""
    body = b""
    async with client.stream("GET", url, headers={"accept": "application/json"}) as response:
        if response.status_code != 200:
            raise ValueError(f"status {response.status_code}")
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > LARGEST:
                raise ValueError("too long")
    return json.loads(body)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def usable(said: Any) -> dict[str, Key]:
    """The keys of a JWK set that may prove a token, by name; whatever else is in it is left out. Raises ValueError."""
    if not isinstance(said, Mapping) or not isinstance(said.get("keys"), list):
        raise ValueError("not a set of keys")
    found: dict[str, Key] = {}
    for each in said["keys"]:
        key = _imported(each)
        if key is not None:
            found[key.kid or key.thumbprint()] = key
    if not found:
        raise ValueError("no usable key")
    return found


def _imported(said: Any) -> Key | None:
    """The key; None for a shared secret, a key for encryption, a short or broken one."""
    if not isinstance(said, dict) or said.get("kty") == "oct" or said.get("use", "sig") != "sig":
        return None
    if said.get("kty") == "RSA" and len(str(said.get("n", ""))) * 6 < FEWEST_RSA_BITS:
        return None
    try:
        key = JWKRegistry.import_key({name: said[name] for name in said if name != "d"})
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return (
        key if isinstance(key, RSAKey | ECKey | OKPKey) and any(signs(key, each) for each in KINDS) else None
    )


KINDS: dict[str, Callable[[Key], bool]] = {
    "RS256": lambda key: isinstance(key, RSAKey),
    "ES256": lambda key: isinstance(key, ECKey) and key.curve_name == "P-256",
    "EdDSA": lambda key: isinstance(key, OKPKey) and key.curve_name == "Ed25519",
    "Ed25519": lambda key: isinstance(key, OKPKey) and key.curve_name == "Ed25519",
}
"""The kind of key of each algorithm. Ed25519 is what RFC 9864 calls EdDSA on that curve."""


def signs(key: Key, algorithm: str) -> bool:
    """Whether the key is of the algorithm's kind, and says no other algorithm of itself."""
    said = key.as_dict(private=False).get("alg", algorithm)
    same = said == algorithm or {said, algorithm} == {"EdDSA", "Ed25519"}
    return same and KINDS[algorithm](key)
