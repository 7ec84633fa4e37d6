"""The text of a machine key: made once, told once, kept as a hash."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

PREFIX = "dgl_"
ID_BYTES = 8
SECRET_BYTES = 32

_TEXT = re.compile(rf"dgl_([0-9a-f]{{{2 * ID_BYTES}}})_([0-9a-f]{{{2 * SECRET_BYTES}}})")
_NOBODYS = b"\0" * 32


@dataclass(frozen=True)
class Shown:
    """What a caller shows: the key's public id, and the hash of the secret beside it."""

    public_id: str
    sha256: bytes


def new_id() -> str:
    """A public id that no other key has."""
    return secrets.token_hex(ID_BYTES)


def new_secret() -> str:
    """A secret of 256 random bits."""
    return secrets.token_hex(SECRET_BYTES)


def hashed(secret: str) -> bytes:
    """What is kept of the secret."""
    return hashlib.sha256(secret.encode()).digest()


def text_of(public_id: str, secret: str) -> str:
    """The key as its owner keeps it."""
    return f"{PREFIX}{public_id}_{secret}"


def read(text: str) -> Shown | None:
    """What the text shows; None for what has not the form of a key."""
    found = _TEXT.fullmatch(text)
    return None if found is None else Shown(found[1], hashed(found[2]))


def proves(shown: Shown, kept: Iterable[bytes]) -> bool:
    """Whether the secret shown is one of those kept; in a time that does not say how much of it was right, nor
    whether there is such a key."""
    held = [*kept][:2]
    compared = [hmac.compare_digest(shown.sha256, each) for each in (*held, *(_NOBODYS,) * (2 - len(held)))]
    return any(compared)
