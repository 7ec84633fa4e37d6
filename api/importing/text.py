"""Text as the store keeps it, and what must not enter it."""

import re
import unicodedata

BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
SPACES = re.compile(r"[\t\n\r\v\f\x85]+")

RESIDENT_NUMBER = re.compile(
    r"(?<!\d)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-[1-8]\d{6}(?!\d)", re.ASCII
)
"""A Korean resident registration number: birth date, hyphen, seven digits. It may not be stored anywhere."""


def clean_name(value: str) -> str:
    """The text in NFC, on one line, without direction controls and outer spaces."""
    if value.isascii() and value.isprintable():
        return value.strip()
    return BIDI.sub("", SPACES.sub(" ", unicodedata.normalize("NFC", value))).strip()


def check(value: str, limit: int) -> str:
    """The text, if it may be stored; raises ValueError with the reason."""
    if "\x00" in value:
        raise ValueError("holds a NUL character")
    if CONTROL.search(value):
        raise ValueError("holds a control character")
    if len(value) > limit:
        raise ValueError(f"is {len(value):,} characters long; at most {limit:,} are allowed")
    if RESIDENT_NUMBER.search(value):
        raise ValueError("looks like a resident registration number, which may not be stored")
    return value


def masked(value: str) -> str:
    """The text with resident registration numbers made unreadable."""
    return RESIDENT_NUMBER.sub("******-*******", value) if "-" in value else value


def shown(value: object) -> str:
    """A value as a reason quotes it: short, printable, masked."""
    quoted = masked(str(value).encode("utf-8", "replace").decode("utf-8"))
    return repr(quoted if len(quoted) <= 60 else quoted[:57] + "...")
