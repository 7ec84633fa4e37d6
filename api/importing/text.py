"""Text on its way into the store, and out of it into reasons and rejects files."""

import re

from domain.text import BIDI, RESIDENT_NUMBER

SPACES = re.compile(r"[\t\n\r\v\f\x85\u2028\u2029]+")


def on_one_line(value: str) -> str:
    """The text without line breaks and direction controls: a file's names are cleaned where a caller's are refused."""
    if value.isascii() and value.isprintable():
        return value.strip()
    return BIDI.sub("", SPACES.sub(" ", value)).strip()


def masked(value: str) -> str:
    """The text with resident registration numbers made unreadable."""
    return RESIDENT_NUMBER.sub("******-*******", value) if "-" in value else value


def shown(value: object) -> str:
    """A value as a reason quotes it: short, printable, masked."""
    quoted = masked(str(value).encode("utf-8", "replace").decode("utf-8"))
    return repr(quoted if len(quoted) <= 60 else quoted[:57] + "...")
