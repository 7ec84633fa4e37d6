"""Sentences for people, in English and in other languages.

    raise Invalid(say("{given} is larger than {most}", given=7, most=5), "size")

The sentence is English where it stands, with named places for its values; `<package>/ko.toml` beside the code holds
its Korean under the English template. Who shows a message tells the language: `told(message, "ko")`.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Self

ENGLISH = "en"
LANGUAGES = (ENGLISH, "ko")

_ROOTS = tuple(Path(__file__).resolve().parent.parent / package for package in ("domain", "api", "olap"))


class Message(str):
    """The English sentence, which knows the template and the values it was made of."""

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, Any]

    def __new__(cls, template: str, values: Mapping[str, Any]) -> Self:
        made = super().__new__(cls, template.format_map(values) if values else template)
        made.template, made.values = template, values
        return made


def say(template: str, /, **values: Any) -> Message:
    """The sentence with its values in their places, as `str.format` would put them."""
    return Message(template, values)


def told(message: str, language: str) -> str:
    """The message in the language; in English where that language has no sentence for it."""
    if language == ENGLISH or not isinstance(message, Message):
        return str(message)
    template = catalogue(language).get(message.template)
    if template is None:
        return str(message)
    values = {name: _value(value, language) for name, value in message.values.items()}
    return template.format_map(values) if values else template


def _value(value: Any, language: str) -> Any:
    return told(value, language) if isinstance(value, Message) else value


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """The sentences of the language by their English templates, of all packages together."""
    found: dict[str, str] = {}
    for root in _ROOTS:
        for path in sorted(root.rglob(f"{language}.toml")):
            found |= tomllib.loads(path.read_text("utf-8"))
    return found
