"""Where a write stands in the feed of changes, as an opaque token that its answer carries.

Given back with a question to the cube (`at_least`), it says: the answer must hold that write.
"""

import base64
import binascii
import re
from dataclasses import dataclass

from api.errors import ApiError, Code
from domain.messages import say

TOLD = re.compile(rb"w1:([0-9]{1,9}):([0-9]{1,18})")


@dataclass(frozen=True, order=True)
class Position:
    """A transaction of the feed: an epoch, and its id in it."""

    epoch: int
    xid: int

    @property
    def token(self) -> str:
        """As callers carry it."""
        return base64.urlsafe_b64encode(b"w1:%d:%d" % (self.epoch, self.xid)).decode().rstrip("=")


def position(token: str) -> Position:
    """Where the token stands. Raises ApiError for what is no token."""
    try:
        text = base64.b64decode(
            token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True
        )
    except (UnicodeEncodeError, binascii.Error, ValueError):
        text = b""
    found = TOLD.fullmatch(text)
    if found is None or len(token) > 100:
        raise ApiError(
            Code.BAD_REQUEST,
            say("at_least is no token of a write; give the extensions.token of a mutation as it was told"),
        )
    return Position(int(found[1]), int(found[2]))
