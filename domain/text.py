"""Text that enters the store: NFC, without NUL and lone surrogates, which Postgres cannot hold."""

import unicodedata

from domain.errors import Invalid


def clean(text: str) -> str:
    """The text in NFC. Raises Invalid for a NUL or half a surrogate pair."""
    if "\0" in text:
        raise Invalid("text may not hold the character NUL (U+0000)")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError as error:
        found = f"U+{ord(text[error.start]):04X}"
        raise Invalid(f"text may not hold half of a surrogate pair ({found})") from None
    return unicodedata.normalize("NFC", text)
