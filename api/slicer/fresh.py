"""Whether an answer that the caller has still holds: an ETag made of all that the answer depends on.

That is what was asked, in which language, at which hour (relative times), what the caller may see, and the version of
what the cube holds. It is weak: `freshness` in the answer goes on counting.
"""

import hashlib
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from api.slicer.question import Question
from olap.freshness import Freshness

NOT_MEANT = frozenset({"at_least", "api_key"})
"""Parameters that change no answer."""


@dataclass(frozen=True)
class Known:
    """The name of an answer, and whether the caller holds the answer of that name. No name: it is not kept."""

    tag: str
    held: bool

    def on(self, answer: Response) -> Response:
        """The answer, with its name."""
        answer.headers["Cache-Control"] = "private, no-cache"
        answer.headers["Vary"] = "Authorization"
        if self.tag:
            answer.headers["ETag"] = self.tag
        return answer


def known(asked: Question, fresh: Freshness, body: bytes = b"") -> Known:
    """The name of the answer to a question that is well formed; `body` is what it says beside its address."""
    if not fresh.version:
        return Known("", held=False)
    given = asked.request.query_params.multi_items()
    # By name alone: of several texts of one parameter the order may matter.
    pairs = sorted((pair for pair in given if pair[0] not in NOT_MEANT), key=lambda pair: pair[0])
    hour = asked.now.strftime("%Y-%m-%dT%H")
    depends = (
        asked.request.scope["path"],
        pairs,
        asked.language,
        hour,
        asked.row_filter,
        fresh.version,
        body,
    )
    return _named(asked, repr(depends).encode("utf-8", "surrogatepass"))


def by_content(asked: Question, answer: Response) -> Response:
    """An answer that no fact changes, named by what it says; 304 where the caller holds it."""
    found = _named(asked, bytes(answer.body))
    return unchanged(found) if found.held else found.on(answer)


def unchanged(found: Known) -> Response:
    """What the caller holds is the answer."""
    return found.on(Response(status_code=304))


def _named(asked: Question, depends: bytes) -> Known:
    tag = f'W/"{hashlib.sha256(depends).hexdigest()[:32]}"'
    return Known(tag, held=tag in _held(asked.request))


def _held(request: Request) -> list[str]:
    return [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]
