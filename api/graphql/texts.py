"""Text in documents and variables, cleaned once where it enters: NFC, no NUL, no lone surrogates."""

import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from graphql import DocumentNode, GraphQLError, StringValueNode, Visitor, visit

from api.graphql.canonical import Canonical, canonical, in_writing
from domain.errors import Invalid
from domain.messages import say
from domain.text import clean

TOO_DEEP = say("the variables are nested too deeply")


def variables(given: Mapping[str, Any]) -> dict[str, Any]:
    """The variables with their text cleaned. Raises Invalid that names the place."""
    if all(_is_plain(value) for value in given.values()) or _is_clean(given):
        return dict(given)
    try:
        return {name: _value(value, (f"${name}",)) for name, value in given.items()}
    except RecursionError:
        raise Invalid(TOO_DEEP) from None


def written(given: Mapping[str, Any]) -> tuple[dict[str, Any], Canonical]:
    """As `variables`, and what they are in writing: for those that hold many rows, whose text is looked at there."""
    try:
        # What cannot be written holds half a surrogate pair: cleaning names its place.
        with suppress(UnicodeEncodeError):
            said = canonical(given)
            if _is_clean_text(said.text):
                return dict(given), said
    except RecursionError:
        raise Invalid(TOO_DEEP) from None
    cleaned = {name: _value(value, (f"${name}",)) for name, value in given.items()}
    return cleaned, canonical(cleaned)


def _is_plain(value: Any) -> bool:
    """Whether it is an id, a word or a number, as in most requests: looked at without writing it down."""
    return (
        value.isascii() and "\0" not in value
        if type(value) is str
        else type(value) in (int, bool, type(None))
    )


def _is_clean(given: Mapping[str, Any]) -> bool:
    """Whether all text is clean already: asked of all of it at once, a tenth of the time that value by value takes.

    A part of a text in NFC is in NFC, and no quotation mark composes with what follows it. JSON writes NUL in one way
    alone. False where it cannot be told so simply.
    """
    try:
        return _is_clean_text(in_writing(given))
    except (RecursionError, UnicodeEncodeError):
        return False


def _is_clean_text(told: bytes) -> bool:
    """Whether all text in this JSON is clean."""
    return b"\\u0000" not in told and (told.isascii() or unicodedata.is_normalized("NFC", told.decode()))


def _value(given: Any, place: tuple[object, ...]) -> Any:
    match given:
        case str():
            return _clean(given, place)
        case dict():
            return {name: _value(value, (*place, name)) for name, value in given.items()}
        case list():
            return [_value(value, (*place, at)) for at, value in enumerate(given)]
    return given


def _clean(text: str, place: tuple[object, ...]) -> str:
    try:
        return clean(text)
    except Invalid as error:
        named = ".".join(map(str, place))
        raise Invalid(say("{place}: {message}", place=named, message=error.message)) from None


def literals(document: DocumentNode) -> DocumentNode:
    """The document with its text literals cleaned. Raises GraphQLError that says where."""
    cleaned: DocumentNode = visit(document, _Cleaner())
    return cleaned


class _Cleaner(Visitor):
    def enter_string_value(self, node: StringValueNode, *_: Any) -> StringValueNode | None:
        try:
            text = clean(node.value)
        except Invalid as error:
            raise GraphQLError(error.message, node) from None
        return None if text == node.value else replace(node, value=text)
