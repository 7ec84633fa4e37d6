"""What somebody searches for: text that is to be found anywhere in a name.

A consonant stands for itself and for every syllable that begins with it; capital and small letters of Latin are alike;
spaces count nowhere. A pattern gives the conditions that find it (search.py): a regular expression, which says exactly
what is found, and *grams*, which lead an index near it. migrations/sql/search.sql makes the grams of stored names:

    gram        each character of the name (small, without spaces) and each two in a row, as they are and as initials
    ^ two       the first two characters of a name in Hangul: its first character has no grams of its own, since the
                names that begin with a syllable or a consonant are a range of the index by name
    (left out)  the first two characters of the other name, where neither is Hangul: an index by them finds it
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from domain.errors import Invalid
from domain.hangul import CONJOINING, CONSONANTS, composed, initial, is_syllable, syllables
from domain.messages import say

LONGEST = 100

CAPITALS = "".join(
    chr(code) for code in (*range(0x41, 0x5B), *range(0xC0, 0xD7), *range(0xD8, 0xDF))
) + "".join(
    chr(code)
    for code in range(0x100, 0x180)
    if len(chr(code).lower()) == 1 and chr(code).lower() != chr(code)
)
"""Capital letters of Latin: ASCII, Latin-1 and Latin Extended-A. search.sql holds the same."""

SMALL = CAPITALS.lower()

_SMALL = str.maketrans(CAPITALS, SMALL)
_CAPITAL = dict(zip(SMALL, CAPITALS, strict=True))
_PLAIN = re.compile(r"\w")


@dataclass(frozen=True)
class Pattern:
    """A pattern and what finds it.

    `regex` is one of Postgres' expressions for it; `low` and `high` bound the names that begin with its first
    character, where that is Hangul, and hold nothing else; `first_two` are its first characters, None for fewer.
    `starting` and `inside` are the grams of a name that begins with it, and of one that holds it further on;
    `following` those of all but its first two characters.
    """

    regex: str
    low: str
    high: str
    first_two: str | None
    starting: tuple[str, ...]
    inside: tuple[str, ...]
    following: tuple[str, ...]

    @property
    def at_start(self) -> str:
        return "^" + self.regex

    @property
    def after_spaces(self) -> str:
        return "^ *" + self.regex


def key(text: str) -> str:
    """The text as it is compared: composed, small, without spaces."""
    return composed(text).replace(" ", "").translate(_SMALL)


@lru_cache(maxsize=1024)
def pattern(searched: str) -> Pattern:
    """The pattern of what somebody typed. Empty text is found everywhere. Raises Invalid for one that is too long."""
    if len(searched) > LONGEST:
        raise Invalid(
            say("a search has at most {most} characters, not {given}", most=LONGEST, given=len(searched))
        )
    text = key(searched)
    low, high = _range(text)
    return Pattern(
        regex=" *".join(map(_class, text)),
        low=low,
        high=high,
        first_two=text[:2] if len(text) > 1 else None,
        starting=(*_marked(text[:2]), *grams(text[1:])) if high else (),
        inside=grams(text),
        following=grams(text[2:]),
    )


def grams(text: str) -> tuple[str, ...]:
    """The grams that every name has in which the text, which is a key, stands: pairs, and what has none."""
    pairs = [_pair(one, other) for one, other in pairwise(text)]
    alone = [char for char in text if char not in CONSONANTS] if _needs_single(text) else []
    return tuple(dict.fromkeys(pairs + (alone if pairs else list(text))))


def _needs_single(text: str) -> bool:
    """Whether a consonant in it hides the syllables beside it from the pairs."""
    return any(char in CONSONANTS for char in text)


def _marked(two: str) -> tuple[str, ...]:
    return ("^" + _pair(two[0], two[1]),) if len(two) > 1 else ()


def _pair(one: str, other: str) -> str:
    hidden = one in CONSONANTS or other in CONSONANTS
    return initial(one) + initial(other) if hidden else one + other


def _range(text: str) -> tuple[str, str]:
    if not text:
        return "", chr(0x10FFFF)
    if text[0] in CONSONANTS:
        first, last = syllables(text[0])
        return first, chr(ord(last) + 1)
    return (text[0], chr(ord(text[0]) + 1)) if is_syllable(text[0]) else ("", "")


def _class(char: str) -> str:
    """The character in a regular expression, where it stands for all that it finds."""
    if char in CONSONANTS:
        first, last = syllables(char)
        return f"[{first}-{last}{char}{CONJOINING[CONSONANTS.index(char)]}]"
    if char in _CAPITAL:
        return f"[{char}{_CAPITAL[char]}]"
    return char if not char.isascii() or _PLAIN.match(char) else "\\" + char
