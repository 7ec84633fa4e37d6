"""What an e-mail address, a phone number and a postal address must look like to be worth keeping."""

import re

from domain import text
from domain.customers.model import ContactPointKind
from domain.errors import Invalid
from domain.messages import say

# Deliberately loose: whether an address exists only a message to it can tell.
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
PHONE = re.compile(r"\+?[0-9][0-9 ()./-]*(?:(?:#|x|ext\.?) ?[0-9]+)?", re.ASCII)
DIGITS = re.compile(r"[0-9]", re.ASCII)


def checked_value(kind: ContactPointKind, value: str, *path: str | int) -> str:
    """The value as the store keeps it. Raises Invalid, which does not quote it: it is personal."""
    if kind is ContactPointKind.ADDRESS:
        return text.name(value, *path, limit=500)
    found = text.name(value, *path, limit=254)
    if kind is ContactPointKind.EMAIL and EMAIL.fullmatch(found) is None:
        raise Invalid(say("this is no e-mail address: give one like kim@example.com"), *path)
    if kind is ContactPointKind.PHONE and not _is_phone(found):
        message = say("this is no phone number: give one like +82 10-1234-5678, of 3 to 20 digits")
        raise Invalid(message, *path)
    return found


def _is_phone(value: str) -> bool:
    return PHONE.fullmatch(value) is not None and 3 <= len(DIGITS.findall(value)) <= 20
