"""The tokens of writes, with their refusals as callers of the API are told."""

from api.errors import ApiError, Code
from domain.messages import say
from olap.serving import positions
from olap.serving.positions import Position

__all__ = ["Position", "position"]


def position(token: str) -> Position:
    """Where the token stands. Raises ApiError for what is no token."""
    try:
        return positions.position(token)
    except positions.NoToken:
        message = say(
            "at_least is no token of a write; give the extensions.token of a mutation as it was told"
        )
        raise ApiError(Code.BAD_REQUEST, message) from None
