"""Text as the store keeps it, and what must not enter it: one rule for each kind of text.

All text is NFC (decomposed Hangul is not equal to composed), without NUL and lone surrogates, which Postgres and
UTF-8 refuse. Each function gives the text to store or raises Invalid with the place and the reason. The text is not
quoted there: it may be personal, or unprintable. Where the text may also be absent, the caller says `clearable`: an
empty one is told so.
"""

import re
import unicodedata
from functools import cache

from domain.errors import Invalid
from domain.messages import Message, say

BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
CONTROL_BUT_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")

HARMLESS = re.compile("[ -,.-~가-힣]+(?:-(?![1-8][0-9]{6})[ -,.-~가-힣]*)*")
"""What needs no closer look: printable ASCII and Hangul in NFC, without a hyphen as resident registration numbers have
it. Most text is that, and this is four times as fast as the closer look (measured)."""

RESIDENT_NUMBER = re.compile(
    r"(?<!\d)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-[1-8]\d{6}(?!\d)", re.ASCII
)
"""A Korean resident registration number: birth date, hyphen, seven digits. It may not be stored anywhere."""


MOST_MARKS = 30
"""Combining marks in a row. Putting them in order takes time by the square of their number: a document of 64 KiB took
2.4 s, 1 MB minutes (measured). No language needs more than a few. Source: UAX #15, stream-safe text format."""

FIRST_MARK, LAST_MARK = 0x300, 0x1E94A


@cache
def _marks() -> frozenset[str]:
    codes = range(FIRST_MARK, LAST_MARK + 1)
    return frozenset(chr(code) for code in codes if unicodedata.combining(chr(code)))


def _too_many_marks(text: str) -> bool:
    """Whether more than MOST_MARKS stand in a row: then one stands at a place that this number and one divides."""
    marks, step = _marks(), MOST_MARKS + 1
    if marks.isdisjoint(text[::step]):
        return False
    return any(_run(text, at, marks) > MOST_MARKS for at in range(0, len(text), step) if text[at] in marks)


def _run(text: str, at: int, marks: frozenset[str]) -> int:
    """How many marks stand in a row here, counted a little beyond MOST_MARKS at most."""
    first = last = at
    while first > 0 and at - first < MOST_MARKS and text[first - 1] in marks:
        first -= 1
    while last + 1 < len(text) and last - at < MOST_MARKS and text[last + 1] in marks:
        last += 1
    return last - first + 1


def clean(text: str, *path: str | int) -> str:
    """The text in NFC. Raises Invalid for a NUL, half a surrogate pair or too many combining marks in a row."""
    if "\0" in text:
        raise Invalid(say("{place} may not hold the character NUL (U+0000)", place=_place(path)), *path)
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError as error:
        found = f"U+{ord(text[error.start]):04X}"
        told = say("{place} may not hold half of a surrogate pair ({found})", place=_place(path), found=found)
        raise Invalid(told, *path) from None
    if _too_many_marks(text):
        told = say(
            "{place} may not hold more than {most} combining marks in a row",
            place=_place(path),
            most=MOST_MARKS,
        )
        raise Invalid(told, *path)
    return unicodedata.normalize("NFC", text)


def line(value: str, *path: str | int, limit: int = 200, clearable: bool = False) -> str:
    """A text on one line, without outer spaces; not empty."""
    return _checked(value.strip(), CONTROL, limit, path, clearable=clearable)


def name(value: str, *path: str | int, limit: int = 200, clearable: bool = False) -> str:
    """A line without direction controls, which would let a name look like another."""
    plain = value.strip()
    if len(plain) <= limit and HARMLESS.fullmatch(plain):
        return plain
    if BIDI.search(value):
        told = say("{place} may not hold a control of writing direction", place=_place(path))
        raise Invalid(told, *path)
    return line(value, *path, limit=limit, clearable=clearable)


def prose(value: str, *path: str | int, limit: int = 10_000, clearable: bool = False) -> str:
    """A text of any number of lines, which end in a line feed alone; not empty."""
    plain = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    return _checked(plain, CONTROL_BUT_LINES, limit, path, clearable=clearable)


def key(value: str, *path: str | int, limit: int = 200) -> str:
    """A name that another system gave: as it stands, case and outer spaces included; not only spaces."""
    if not value.strip():
        raise Invalid(_empty(path, clearable=False), *path)
    return _checked(value, CONTROL, limit, path)


def _checked(
    value: str,
    forbidden: re.Pattern[str],
    limit: int,
    path: tuple[str | int, ...],
    *,
    clearable: bool = False,
) -> str:
    if len(value) <= limit and HARMLESS.fullmatch(value):
        return value
    if not value:
        raise Invalid(_empty(path, clearable=clearable), *path)
    found = clean(value, *path)
    refused = _refused(found, forbidden, limit, path)
    if refused is not None:
        raise Invalid(refused, *path)
    return found


def _empty(path: tuple[str | int, ...], *, clearable: bool) -> Message:
    if clearable:
        return say("{place} is empty; leave it out, or give null to clear it", place=_place(path))
    return say("{place} is empty: give at least one character that is no space", place=_place(path))


def _refused(
    value: str, forbidden: re.Pattern[str], limit: int, path: tuple[str | int, ...]
) -> Message | None:
    if len(value) > limit:
        return say(
            "{place} is {length:,} characters long; at most {limit:,} are allowed",
            place=_place(path),
            length=len(value),
            limit=limit,
        )
    if control := forbidden.search(value):
        code = f"U+{ord(control[0]):04X}"
        return say("{place} may not hold the control character {code}", place=_place(path), code=code)
    if RESIDENT_NUMBER.search(value):
        return say(
            "{place} looks like it holds a resident registration number, which may not be stored",
            place=_place(path),
        )
    return None


def _place(path: tuple[str | int, ...]) -> str:
    return next((part for part in reversed(path) if isinstance(part, str)), "text")
