"""Sentences for people, in English and in other languages.

    raise Invalid(say("{given} is larger than {most}", given=7, most=5), "size")

The sentence is English where it stands, with named places for its values; `<package>/ko.toml` beside the code holds
its Korean under the English template. Who shows a message tells the language: `told(message, "ko")`.

A sentence that nobody said so, of a library or of the cube, which knows no languages, is recognised by its shape: the
words between the places of a template stand in it in their order.
"""

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
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


SENTENCES = frozenset({"why", "reason", "error", "fault"})
"""Places that hold a sentence of somebody else: it is told in the language too."""

LONGEST = 4_000
"""Characters of a sentence that is recognised: what quotes more stays as it is."""

FEWEST = 6
"""Letters of a template between its places: with fewer, anything would have its shape."""


def told(message: str, language: str) -> str:
    """The message in the language; in English where that language has no sentence for it."""
    if language == ENGLISH:
        return str(message)
    if not isinstance(message, Message):
        return _recognised(message, language)
    template = catalogue(language).get(message.template)
    if template is None:
        return str(message)
    values = {name: _value(name, value, language) for name, value in message.values.items()}
    return template.format_map(values) if values else template


def _value(name: str, value: Any, language: str) -> Any:
    if isinstance(value, Message) or (name in SENTENCES and isinstance(value, str)):
        return told(value, language)
    return value


def _recognised(message: str, language: str) -> str:
    """The sentence whose template has most letters of those that the message may have been made of."""
    if len(message) > LONGEST:
        return message
    for shape in _shapes(language):
        values = shape.values_in(message)
        if values is not None:
            return "".join(
                words + ("" if place is None else str(_value(place, values[place], language)))
                for words, place in shape.sentence
            )
    return message


Parts = tuple[tuple[str, str | None], ...]
"""Words, each with the place behind it."""


@dataclass(frozen=True)
class Shape:
    """A template and its sentence in another language, taken apart."""

    words: tuple[str, ...]
    places: tuple[str, ...]
    sentence: Parts

    def values_in(self, text: str) -> dict[str, str] | None:
        """What stands at the places, if the text has this shape. Linear in the text: each of the words is looked for
        behind those before it, once."""
        first, last = self.words[0], self.words[-1]
        if not text.startswith(first) or not text.endswith(last):
            return None
        if not self.places:
            return {} if text == first else None
        at, end = len(first), len(text) - len(last)
        found = []
        for words in self.words[1:-1]:
            next_ = text.find(words, at, end)
            if next_ < 0:
                return None
            found.append(text[at:next_])
            at = next_ + len(words)
        return None if at > end else dict(zip(self.places, [*found, text[at:end]], strict=True))


@cache
def _shapes(language: str) -> tuple[Shape, ...]:
    """What can be recognised, that with most letters first."""
    found = [_shape(template, sentence) for template, sentence in catalogue(language).items()]
    letters = {shape: sum(map(len, shape.words)) for shape in found}
    return tuple(sorted((each for each in found if letters[each] >= FEWEST), key=lambda each: -letters[each]))


def _shape(template: str, sentence: str) -> Shape:
    parts = _parts(template)
    words = [words for words, _ in parts] + ([] if parts and parts[-1][1] is None else [""])
    return Shape(tuple(words), tuple(place for _, place in parts if place is not None), _parts(sentence))


def _parts(template: str) -> Parts:
    return tuple((words, place) for words, place, _, _ in string.Formatter().parse(template))


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """The sentences of the language by their English templates, of all packages together."""
    found: dict[str, str] = {}
    for root in _ROOTS:
        for path in sorted(root.rglob(f"{language}.toml")):
            found |= tomllib.loads(path.read_text("utf-8"))
    return found
