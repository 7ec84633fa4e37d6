"""What Strawberry's execution gave, as the caller is told of it: data with errors, or a request that was refused whole.

A planned read succeeds or fails whole. A mutation, or a question to the cube, is carried out field by field and its
errors stand beside `data`: 200, as GraphQL over HTTP has it. Where every root field was held up (BUSY, TIMEOUT, a fault
of ours, or the same key being worked on), there is no result: whoever looks at the status, a proxy, a load balancer
or a client that retries, is told as he is of a read, with Retry-After. Where one field came to anything, even to a user
error, the result is well formed, and each error says by itself when to ask again (`retryAfter`).
"""

from collections.abc import Sequence
from typing import Any

from graphql import ExecutionResult, GraphQLError

from api.errors import ApiError, Code, Refused, told

HELD_UP = frozenset({Code.BUSY, Code.TIMEOUT, Code.IN_PROGRESS, Code.INTERNAL})
"""Not the request is to blame: the same request may succeed later."""


def refused(result: ExecutionResult) -> list[ApiError]:
    """The errors with their codes and places. A fault of ours is logged: ask once."""
    return [_refusal(error) for error in result.errors or ()]


def check_not_held_up(result: ExecutionResult, refusals: Sequence[ApiError]) -> None:
    """Raises Refused if each root field has failed, and all by one of HELD_UP."""
    if not refusals or any(refusal.code not in HELD_UP for refusal in refusals):
        return
    data = result.data or {}
    failed = {refusal.path[0] for refusal in refusals if refusal.path}
    if failed.issuperset(data) and all(value is None for value in data.values()):
        raise Refused(refusals)


def formatted(result: ExecutionResult, refusals: Sequence[ApiError], language: str) -> dict[str, Any]:
    """The answer as GraphQL says; `refusals` are its errors."""
    if not refusals:
        return {"data": result.data}
    return {"errors": [refusal.formatted(language) for refusal in refusals], "data": result.data}


def cause(error: GraphQLError) -> Exception | None:
    """What was raised first."""
    original = error.original_error
    while isinstance(original, GraphQLError) and original.original_error is not None:
        original = original.original_error
    return original


def _refusal(error: GraphQLError) -> ApiError:
    original = cause(error)
    if original is None or isinstance(original, GraphQLError):
        return ApiError(Code.BAD_REQUEST, error.message, path=error.path)
    found = told(original)
    return ApiError(found.code, found.message, path=error.path or found.path, **found.extensions)
