"""Which write is meant by an idempotency key: the request's header, or `@idempotent(key:)` on the field.

A write with a key happens once. The record of it lies in domain/idempotency, in the write's own transaction.
"""

import hashlib
import re
from typing import Any

from graphql import (
    DirectiveLocation,
    GraphQLArgument,
    GraphQLDirective,
    GraphQLNonNull,
    GraphQLString,
    get_directive_values,
)

from api.context import Context
from api.errors import ApiError, BadRequest, Code
from api.graphql.canonical import Canonical
from domain.idempotency.once import LONGEST_KEY, Key, before, keep
from domain.messages import say

__all__ = ["IDEMPOTENT", "Key", "before", "checked", "fingerprint", "keep", "wanted"]

IDEMPOTENT = GraphQLDirective(
    "idempotent",
    [DirectiveLocation.FIELD],
    {
        "key": GraphQLArgument(
            GraphQLNonNull(GraphQLString), description="1 to 255 printable ASCII characters."
        )
    },
    description="On a mutation: it happens once, however often it is sent with this key. Kept for 7 days.",
)

_PRINTABLE = re.compile(rf"[\x20-\x7e]{{1,{LONGEST_KEY}}}")


def checked(key: str) -> str:
    """The key. Raises BadRequest for one that is none."""
    if _PRINTABLE.fullmatch(key) is None:
        raise BadRequest(
            say("an idempotency key is 1 to {most} printable ASCII characters", most=LONGEST_KEY)
        )
    return key


def fingerprint(operation: str, variables: Canonical) -> str:
    """The SHA-256, in hex, of an operation and its variables in whatever order they were written."""
    return hashlib.sha256(b"%b\n%b" % (operation.encode(), variables.text)).hexdigest()


def wanted(context: Context, info: Any) -> Key | None:
    """The write that the field's key means; None without one. Raises ApiError for a machine that gives none."""
    raw = info._raw_info  # noqa: SLF001  # Strawberry's own way turns the whole selection into objects
    given = get_directive_values(IDEMPOTENT, raw.field_nodes[0], raw.variable_values)
    key = checked(given["key"]) if given else context.call.idempotency_key
    place = str(info.path.key)
    if key is not None:
        return Key(context.actor.client, key, place, context.fingerprint)
    if context.actor.machine:
        message = say(
            "{place} needs an idempotency key: the header Idempotency-Key or @idempotent(key:)", place=place
        )
        raise ApiError(Code.BAD_REQUEST, message)
    return None
