"""Labels in several languages: a model file holds all, a built cube holds one."""

from collections.abc import Mapping
from typing import Any

from olap.errors import RequestError

LANGUAGES = ("en", "ko")
"""The first is what a request without a language gets."""


def localized(value: Any, language: str) -> Any:
    """A copy of a piece of model JSON in which every text of several languages is the text of one."""
    if isinstance(value, Mapping):
        if set(value) == set(LANGUAGES):
            return value[language]
        return {key: localized(item, language) for key, item in value.items()}
    if isinstance(value, list):
        return [localized(item, language) for item in value]
    return value


def language_of(tag: str | None) -> str:
    """The language a tag asks for: `ko` and `ko-KR` are Korean, nothing is English. Raises RequestError."""
    if not tag:
        return LANGUAGES[0]
    primary = tag.replace("_", "-").split("-")[0].lower()
    if primary not in LANGUAGES:
        raise RequestError(f"unknown language {tag[:40]!r}; known: {', '.join(LANGUAGES)}")
    return primary
