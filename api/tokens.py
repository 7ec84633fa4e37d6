"""Development tokens: signed with a key of this data directory, good on this machine only.

Ed25519 and nothing else: the accepted algorithms hold no shared-secret one, so the classic confusion of a
public key with a secret cannot arise. Source of the name: RFC 9864.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import ClaimError, ExpiredTokenError, JoseError
from joserfc.jwk import OKPKey

from domain.messages import Message, say

ALGORITHM = "Ed25519"
ISSUER = "dangol-local"
AUDIENCE = "dangol"
LEEWAY_SECONDS = 30

FORM = say("it has not the form of a token")
SIGNATURE = say("it was not signed by its issuer in a way that is accepted here")


class BadToken(Exception):
    """The token is not one of ours, is expired, or says something it may not say. `reason` is for its owner."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Claims:
    """What a local token says about its bearer; `branches` are branch codes."""

    subject: str
    role: str
    scope: str
    branches: tuple[str, ...]
    expires_at: int


def signing_key(path: Path) -> OKPKey:
    """The key at `path`, made on first use, readable by its owner alone."""
    try:
        return OKPKey.import_key(path.read_bytes())
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    made = OKPKey.generate_key("Ed25519")
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(made.as_pem(private=True))
    try:
        os.link(draft, path)  # whoever comes first wins; the others read his
    except FileExistsError:
        return OKPKey.import_key(path.read_bytes())
    finally:
        draft.unlink()
    return made


def issue(
    key: OKPKey, *, subject: str, role: str, scope: str, branches: tuple[str, ...], hours: float
) -> str:
    """A token for `hours` from now."""
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": subject,
        "role": role,
        "scope": scope,
        "branches": list(branches),
        "iat": now,
        "exp": now + int(hours * 3600),
    }
    return jwt.encode({"alg": ALGORITHM}, claims, key, algorithms=[ALGORITHM])


_RULES = jwt.JWTClaimsRegistry(
    leeway=LEEWAY_SECONDS,
    iss={"essential": True, "value": ISSUER},
    aud={"essential": True, "value": AUDIENCE},
    sub={"essential": True},
    exp={"essential": True},
    role={"essential": True},
    scope={"essential": True},
)


def read(key: OKPKey, token: str) -> Claims:
    """What the token says, once its signature and every claim are checked. Raises BadToken."""
    try:
        decoded = jwt.decode(token, key, algorithms=[ALGORITHM])
        _RULES.validate(decoded.claims)
    except (JoseError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise BadToken(reason(error)) from None
    claims = decoded.claims
    branches = claims.get("branches", [])
    texts = [
        claims["sub"],
        claims["role"],
        claims["scope"],
        *(branches if isinstance(branches, list) else [None]),
    ]
    if not all(isinstance(text, str) and text for text in texts):
        raise BadToken(say("one of its claims has the wrong type"))
    return Claims(
        subject=claims["sub"],
        role=claims["role"],
        scope=claims["scope"],
        branches=tuple(branches),
        expires_at=int(claims["exp"]),
    )


def reason(error: Exception) -> Message:
    """Why a token is refused, in a sentence that helps its owner and tells a forger nothing."""
    if isinstance(error, ExpiredTokenError):
        return say("it has expired")
    if isinstance(error, ClaimError):
        return say("its claim {claim} is missing or not as it must be", claim=error.claim)
    return SIGNATURE
