"""What may be said about a content, and what of it is allowed."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict
from urllib.parse import urlsplit

from domain import text
from domain.errors import Invalid
from domain.messages import say

MOST_TOPICS = 20
MOST_PRODUCTS = 100

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?", re.ASCII)
"""A language as BCP 47 writes it, with or without a country: ko, en-GB."""


class ContentDetails(TypedDict, total=False):
    """A key that is absent leaves the value as it is, None clears it. A content has a body or a URL, not both."""

    title: str
    body: str | None
    url: str | None
    language: str
    topics: Sequence[str] | None
    product_ids: Sequence[int] | None
    valid_from: datetime
    valid_to: datetime | None


_NEVER_CLEARED = ("title", "language", "valid_from")


def checked(given: ContentDetails, *, standing: Mapping[str, Any]) -> dict[str, Any]:
    """The columns to write, so that the content is allowed as a whole; `standing` is what it says already.

    Raises Invalid at the first that breaks a rule.
    """
    for key in _NEVER_CLEARED:
        if key in given and given.get(key) is None:
            raise Invalid(say("{key} cannot be cleared: every content has one", key=key), key)
    found: dict[str, Any] = {key: value for key, value in given.items() if key != "product_ids"}
    for key, read in _READ.items():
        if found.get(key) is not None:
            found[key] = read(found[key])
    if "topics" in found:
        found["topics"] = _topics(found["topics"] or ())
    _check_whole({**standing, **found})
    return found


def _check_whole(content: Mapping[str, Any]) -> None:
    body, url = content.get("body"), content.get("url")
    if body is None and url is None:
        raise Invalid(say("a content has a body or a url: give one of the two"), "body")
    if body is not None and url is not None:
        raise Invalid(say("a content has a body or a url, not both: clear the other with null"), "url")
    start, end = content.get("valid_from"), content.get("valid_to")
    if start is not None and end is not None and end <= start:
        raise Invalid(
            say(
                "valid_to {end} is not after valid_from {start}", end=end.isoformat(), start=start.isoformat()
            ),
            "valid_to",
        )


def _language(given: str) -> str:
    if not LANGUAGE.fullmatch(given):
        raise Invalid(say("{given!r} is no language: write it as ko or en-GB", given=given[:20]), "language")
    return given


def _url(given: str) -> str:
    found = text.line(given, "url", limit=2_000, clearable=True)
    try:
        parts = urlsplit(found)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in found
    except ValueError:
        whole = False
    if not whole:
        raise Invalid(say("url is no address that begins with https:// or http://"), "url")
    return found


def _topics(given: Sequence[str]) -> list[str]:
    if len(given) > MOST_TOPICS:
        raise Invalid(
            say("{count} topics are given; at most {most} are allowed", count=len(given), most=MOST_TOPICS),
            "topics",
        )
    found = [text.name(topic, "topics", place, limit=60) for place, topic in enumerate(given)]
    return list(dict.fromkeys(found))


_READ: Mapping[str, Any] = {
    "title": lambda given: text.name(given, "title"),
    "body": lambda given: text.prose(given, "body", limit=50_000, clearable=True),
    "url": _url,
    "language": _language,
}
