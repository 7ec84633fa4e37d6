"""A token of an issuer, proved: its form, its signature by a key of the issuer, then every claim.

joserfc's decode checks the signature only and gives back expired and misaddressed tokens: the claims are validated
after it, always (measured).
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jws import JWSRegistry

from api.oidc.issuers import Issuer
from api.oidc.keys import Key, Keys
from api.tokens import FORM, LEEWAY_SECONDS, SIGNATURE, BadToken, reason

LONGEST = 16 * 1024
TYPES = frozenset({None, "jwt", "at+jwt", "application/at+jwt"})
"""A token made for something else (a log-out, a proof of possession) is none for us. Source: RFC 8725, section 3.11."""


@dataclass(frozen=True)
class Unproved:
    """What a token says before anything of it is proved: enough to choose the key to prove it with."""

    text: str
    header: Mapping[str, Any]
    issuer: str


@dataclass(frozen=True)
class Proved:
    """What a proved token says."""

    claims: Mapping[str, Any]
    subject: str
    expires_at: float


class _Algorithms(JWSRegistry):
    """Those that the settings allow, without joserfc's warning that EdDSA is now called Ed25519."""

    max_header_length = 4096
    max_payload_length = LONGEST

    def get_alg(self, name: str) -> Any:
        if name not in (self.allowed or ()):
            raise UnsupportedAlgorithmError(f"algorithm {name!r} is not allowed")
        return self.algorithms[name]


def opened(text: str) -> Unproved:
    """The token's parts. Raises BadToken for what has not the form of a token."""
    if len(text) > LONGEST or not text.isascii():
        raise BadToken(FORM)
    parts = text.split(".")
    if len(parts) != 3 or not all(parts):
        raise BadToken(FORM)
    header, claims = _object(parts[0]), _object(parts[1])
    issuer = claims.get("iss")
    if not isinstance(header.get("alg"), str) or not isinstance(issuer, str):
        raise BadToken(FORM)
    return Unproved(text, header, issuer)


def _object(segment: str) -> dict[str, Any]:
    try:
        padded = segment.encode() + b"=" * (-len(segment) % 4)
        found = json.loads(base64.b64decode(padded, b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise BadToken(FORM) from None
    if not isinstance(found, dict):
        raise BadToken(FORM)
    return found


async def proved(token: Unproved, issuer: Issuer, keys: Keys) -> Proved:
    """What the token says, proved. Raises BadToken, and NoKeys where the issuer's keys cannot be had."""
    algorithm, kid = token.header["alg"], token.header.get("kid")
    if algorithm not in _allowed(issuer) or not (kid is None or isinstance(kid, str)):
        raise BadToken(SIGNATURE)
    kind = token.header.get("typ")
    if "crit" in token.header or "b64" in token.header or _lower(kind) not in TYPES:
        raise BadToken(SIGNATURE)
    key = await keys.find(kid, algorithm)
    if key is None:
        raise BadToken(SIGNATURE)
    claims = _claims(token.text, key, issuer)
    return Proved(claims, claims["sub"], claims["exp"])


def _lower(kind: Any) -> Any:
    return kind.lower() if isinstance(kind, str) else kind


def _allowed(issuer: Issuer) -> frozenset[str]:
    also = {"Ed25519"} if "EdDSA" in issuer.algorithms else set()
    return frozenset({*issuer.algorithms, *also})


def _claims(text: str, key: Key, issuer: Issuer) -> dict[str, Any]:
    rules = jwt.JWTClaimsRegistry(
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer.issuer},
        aud={"essential": True, "value": issuer.audience},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        claims = jwt.decode(text, key, registry=_Algorithms(algorithms=_allowed(issuer))).claims
        rules.validate(claims)
    except (JoseError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise BadToken(reason(error)) from None
    return claims
