"""Where a write stands in the feed of changes, as an opaque token that its answer carries.

Given back with a question to the cube (`at_least`), it says: the answer must hold that write.
"""

import base64
import binascii
import re
from dataclasses import dataclass

from olap.errors import RequestError
from olap.freshness import Freshness

TOLD = re.compile(rb"w1:([0-9]{1,9}):([0-9]{1,18})")
LONGEST = 100


class NoToken(RequestError):
    """What was given is no token of a write."""

    def __init__(self) -> None:
        super().__init__(
            "at_least is no token of a write; give the extensions.token of a mutation as it was told"
        )


class OtherEpoch(RequestError):
    """The token is of another store, or from before this one was restored."""

    def __init__(self) -> None:
        super().__init__(
            "at_least is a token of another store, or from before this one was restored; ask without it"
        )


@dataclass(frozen=True, order=True)
class Position:
    """A transaction of the feed: an epoch, and its id in it."""

    epoch: int
    xid: int

    @property
    def token(self) -> str:
        """As callers carry it."""
        return base64.urlsafe_b64encode(b"w1:%d:%d" % (self.epoch, self.xid)).decode().rstrip("=")

    def shown(self, fresh: Freshness) -> bool:
        """Whether a cube that is so fresh holds the write. Raises OtherEpoch."""
        if fresh.epoch != self.epoch:
            raise OtherEpoch
        return fresh.watermark > self.xid


def position(token: str) -> Position:
    """Where the token stands. Raises NoToken."""
    try:
        padded = token.encode("ascii") + b"=" * (-len(token) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        text = b""
    found = TOLD.fullmatch(text)
    if found is None or len(token) > LONGEST:
        raise NoToken
    return Position(int(found[1]), int(found[2]))
