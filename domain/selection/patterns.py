"""What somebody searches for: text that is to be found anywhere in a name.

A consonant stands for itself and for every syllable that begins with it, a cluster that a keyboard makes of two (ㄳ)
for the two; capital and small letters of Latin are alike; spaces count nowhere. A pattern gives the conditions that
find it (search.py): text or a regular expression, which say exactly what is found, and *grams*, which lead an index
near it. Stored names have (migrations/sql/search_grams.sql):

    gram        each character of the name (small, without spaces) and each two in a row, as they are and as initials
    ^ two       the first two of a name that is Hangul and nothing else; its first character has no grams of its own,
                since the names that begin with some syllables, or a consonant, are a range of the index by name
    (left out)  the first two characters of the other name, where neither is Hangul: an index by them finds it
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, takewhile

from domain.errors import Invalid
from domain.hangul import CONSONANTS, composed, initial, is_syllable, parted, syllables
from domain.messages import say

LONGEST = 100

CAPITALS = "".join(
    chr(code) for code in (*range(0x41, 0x5B), *range(0xC0, 0xD7), *range(0xD8, 0xDF))
) + "".join(
    chr(code)
    for code in range(0x100, 0x180)
    if len(chr(code).lower()) == 1 and chr(code).lower() != chr(code)
)
"""Capital letters of Latin: ASCII, Latin-1 and Latin Extended-A. search_grams.sql holds the same."""

SMALL = CAPITALS.lower()

_SMALL = str.maketrans(CAPITALS, SMALL)
_PLAIN = re.compile(r"\w")


@dataclass(frozen=True)
class Pattern:
    """A pattern and what finds it in the text that is compared: the name, a space, the other name.

    `literal` is the pattern itself, None where it has consonants; then `regex` says what it finds. Names of Hangul
    that begin with it lie from `low` to `high`, the latter excluded; `loose` where others lie there too. `first_two`
    are its first characters, None for fewer. `starting` are the grams of a name of Hangul that begins with it, where
    the range does not say so already; `inside` those of any other name that holds it, `following` those of all but its
    first two characters.
    """

    literal: str | None
    regex: str
    low: str
    high: str
    loose: bool
    first_two: str | None
    starting: tuple[str, ...]
    inside: tuple[str, ...]
    following: tuple[str, ...]


def key(text: str) -> str:
    """The text as it is compared: composed, small, without spaces, consonants one by one, as they were typed."""
    return parted(composed(text)).replace(" ", "").translate(_SMALL)


@lru_cache(maxsize=1024)
def pattern(searched: str) -> Pattern:
    """The pattern of what somebody typed. Empty text is found everywhere. Raises Invalid for one that is too long."""
    if len(searched) > LONGEST:
        raise Invalid(
            say("a search has at most {most} characters, not {given}", most=LONGEST, given=len(searched))
        )
    text = key(searched)
    low, high, bound = _range(text)
    loose = 0 < bound < len(text)
    return Pattern(
        literal=None if _hides(text) else text,
        regex="".join(map(_class, text)),
        low=low,
        high=high,
        loose=loose,
        first_two=text[:2] if len(text) > 1 else None,
        starting=(*_marked(text[:2]), *_pairs(text[1:])) if loose else (),
        inside=_grams(text),
        following=_grams(text[2:]),
    )


def _grams(text: str) -> tuple[str, ...]:
    """The grams that every name has in which the text, which is a key, stands, and no more of them than say so."""
    alone = text if len(text) == 1 else "".join(filter(is_syllable, text)) if _hides(text) else ""
    return (*_pairs(text), *alone)


def _pairs(text: str) -> tuple[str, ...]:
    """The grams of two that every name has in which the text, which is a key, stands."""
    return tuple(dict.fromkeys(_pair(one, other) for one, other in pairwise(text)))


def _hides(text: str) -> bool:
    return any(char in CONSONANTS for char in text)


def _marked(two: str) -> tuple[str, ...]:
    return ("^" + _pair(two[0], two[1]),) if len(two) > 1 else ()


def _pair(one: str, other: str) -> str:
    return initial(one) + initial(other) if _hides(one + other) else one + other


def _range(text: str) -> tuple[str, str, int]:
    """The names of Hangul that begin with the text: from, to, and how many characters of the text that says."""
    if not text:
        return "", chr(0x10FFFF), 0
    known = "".join(takewhile(is_syllable, text))
    following = text[len(known) : len(known) + 1]
    if following in CONSONANTS and following:
        first, last = syllables(following)
        return known + first, known + chr(ord(last) + 1), len(known) + 1
    return (known, known[:-1] + chr(ord(known[-1]) + 1), len(known)) if known else ("", "", 0)


def _class(char: str) -> str:
    """The character in a regular expression, where it stands for all that it finds."""
    if char in CONSONANTS:
        first, last = syllables(char)
        return f"[{first}-{last}{char}]"
    return char if not char.isascii() or _PLAIN.match(char) else "\\" + char
