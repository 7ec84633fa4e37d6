"""What callers are told: one closed list of codes, given here alone.

A refusal is an ApiError, or an error of the domain that `told` translates. Anything else is a fault of ours: the
caller sees an errorId, the log holds where it happened under the same id, never what was asked or stored.
"""

import traceback
import uuid
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

import structlog

from domain.db import TooSlow
from domain.errors import Conflict, DomainError, Invalid, NotFound
from domain.idempotency.once import AnswerErased, InProgress, KeyReused
from domain.messages import ENGLISH, say
from domain.messages import told as in_language
from domain.reads import Busy
from domain.selection.statement import BadValue

log = structlog.get_logger("api")


class Code(StrEnum):
    """The closed list."""

    BAD_REQUEST = "BAD_REQUEST"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    IN_PROGRESS = "IN_PROGRESS"
    VALIDATION = "VALIDATION"
    RATE_LIMITED = "RATE_LIMITED"
    COST_EXCEEDED = "COST_EXCEEDED"
    TIMEOUT = "TIMEOUT"
    BUSY = "BUSY"
    INTERNAL = "INTERNAL"


STATUS = {
    Code.UNAUTHENTICATED: 401,
    Code.FORBIDDEN: 403,
    Code.NOT_FOUND: 404,
    Code.CONFLICT: 409,
    Code.IDEMPOTENCY_KEY_REUSED: 422,
    Code.IN_PROGRESS: 409,
    Code.RATE_LIMITED: 429,
    Code.TIMEOUT: 504,
    Code.BUSY: 503,
    Code.INTERNAL: 500,
}
"""HTTP status of a request that failed whole; 400 where the list is silent."""

COME_AGAIN = {Code.RATE_LIMITED: 1, Code.IN_PROGRESS: 1, Code.BUSY: 1}
"""Seconds after which the same request may succeed, where the error itself does not say it."""


class ApiError(Exception):
    """A refusal with its code. `path` is the place in the answer, `extensions` says more to programs."""

    def __init__(
        self, code: Code, message: str, *, path: Sequence[str | int] | None = None, **extensions: Any
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.path = list(path) if path is not None else None
        self.extensions = {"retryAfter": COME_AGAIN[code], **extensions} if code in COME_AGAIN else extensions

    @property
    def status(self) -> int:
        return STATUS.get(self.code, 400)

    def formatted(self, language: str = ENGLISH) -> dict[str, Any]:
        """As GraphQL shows an error."""
        place = {} if self.path is None else {"path": self.path}
        extensions = {"code": self.code.value, **self.extensions}
        return {"message": in_language(self.message, language), **place, "extensions": extensions}


class Unauthenticated(ApiError):
    """Nobody, or nobody we know, asks."""

    def __init__(self, message: str) -> None:
        super().__init__(Code.UNAUTHENTICATED, message)


class Forbidden(ApiError):
    """The caller is known and may not do this."""

    def __init__(self, message: str, *, path: Sequence[str | int] | None = None) -> None:
        super().__init__(Code.FORBIDDEN, message, path=path)


class BadRequest(ApiError):
    """The request cannot be read: not JSON, not GraphQL, not of this schema."""

    def __init__(
        self, message: str, *, locations: Sequence[Mapping[str, int]] | None = None, status: int = 400
    ) -> None:
        super().__init__(Code.BAD_REQUEST, message)
        self.locations = locations
        self.http = status

    @property
    def status(self) -> int:
        return self.http

    def formatted(self, language: str = ENGLISH) -> dict[str, Any]:
        found = super().formatted(language)
        return found if self.locations is None else {**found, "locations": list(self.locations)}


class Refused(Exception):
    """Several refusals of one request."""

    def __init__(self, errors: Sequence[ApiError]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = list(errors)


_CODES: dict[type[DomainError], Code] = {
    AnswerErased: Code.CONFLICT,
    InProgress: Code.IN_PROGRESS,
    KeyReused: Code.IDEMPOTENCY_KEY_REUSED,
    NotFound: Code.NOT_FOUND,
    Conflict: Code.CONFLICT,
    Invalid: Code.VALIDATION,
    Busy: Code.BUSY,
    TooSlow: Code.TIMEOUT,
}


def told(error: BaseException) -> ApiError:
    """The error as the caller is told of it. A fault of ours is logged and told as an errorId only."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, BadValue):
        return ApiError(Code.VALIDATION, error.message, argument=error.place)
    for kind, code in _CODES.items():
        if isinstance(error, kind):
            return ApiError(code, error.message)
    return _fault(error)


def _fault(error: BaseException) -> ApiError:
    error_id = str(uuid.uuid4())
    frames = traceback.extract_tb(error.__traceback__)
    log.error(
        "fault",
        error_id=error_id,
        error=type(error).__name__,
        sqlstate=getattr(error, "sqlstate", None),
        at=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]],
    )
    return ApiError(
        Code.INTERNAL, say("something went wrong on our side; quote the errorId"), errorId=error_id
    )
