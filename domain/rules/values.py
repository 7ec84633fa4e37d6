"""The values of a condition, read one by one, each refused with its place and what is allowed there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from domain import text
from domain.errors import Invalid
from domain.messages import say
from domain.selection import ids

MOST_VALUES = 100
MOST_DAYS = 36_500
LARGEST = 1_000_000
MOST_LEVELS = 5

_AMOUNT = re.compile(r"-?\d{1,15}(\.\d{1,4})?", re.ASCII)


@dataclass(frozen=True)
class Given:
    """What was told of one condition, and where."""

    value: object
    path: tuple[str | int, ...]

    def only(self, *known: str) -> None:
        """It is an object with none but these keys."""
        if not isinstance(self.value, Mapping):
            raise Invalid(say("give an object of: {known}", known=", ".join(known)), *self.path)
        for key in self.value:
            if key not in known:
                told = say(
                    "unknown word {given!r}; allowed: {known}", given=str(key)[:40], known=", ".join(known)
                )
                raise Invalid(told, *self.path)

    def _at(self, key: str) -> object:
        return self.value.get(key) if isinstance(self.value, Mapping) else None

    def text(self, key: str) -> str:
        """A text that must be there."""
        found = self._at(key)
        if not isinstance(found, str):
            raise Invalid(say("{key} is missing: give a text", key=key), *self.path, key)
        return text.line(found, *self.path, key)

    def texts(self, key: str) -> tuple[str, ...]:
        """One to MOST_VALUES texts, each once."""
        found = [
            text.prose(each, *self.path, key, at, limit=500) if isinstance(each, str) else self._no_text(key)
            for at, each in enumerate(self._list(key))
        ]
        return tuple(dict.fromkeys(found))

    def _no_text(self, key: str) -> str:
        raise Invalid(say("{key} is a list of texts", key=key), *self.path, key)

    def _list(self, key: str | None, *, least: int = 1) -> list[object]:
        found = self.value if key is None else self._at(key)
        if found is None and least == 0:
            return []
        if not isinstance(found, list) or not 1 <= len(found) <= MOST_VALUES:
            told = say("give a list of 1 to {most} values", most=MOST_VALUES)
            raise Invalid(told, *self.path, *([] if key is None else [key]))
        return found

    def word(self, key: str, choices: type[StrEnum]) -> str:
        """One of the words."""
        return self._word(self._at(key), choices, key)

    def words(
        self, key: str | None, choices: type[StrEnum], *, may_be_absent: bool = False
    ) -> tuple[str, ...]:
        """Some of the words; with no key, the condition is the list itself."""
        found = self._list(key, least=0 if may_be_absent else 1)
        place = () if key is None else (key,)
        return tuple(dict.fromkeys(self._word(each, choices, *place) for each in found))

    def _word(self, found: object, choices: type[StrEnum], *place: str) -> str:
        known = [choice.value for choice in choices]
        if found not in known:
            told = say(
                "unknown word {given!r}; allowed: {known}", given=str(found)[:40], known=", ".join(known)
            )
            raise Invalid(told, *self.path, *place)
        return str(found)

    def key(self, key: str, type_name: str) -> int | None:
        """The key inside an id of the type, or None where there is none."""
        found = self._at(key)
        return None if found is None else self._key(found, type_name, key)

    def keys(self, type_name: str) -> tuple[int, ...]:
        """The condition is a list of ids of the type."""
        found = [self._key(each, type_name, at) for at, each in enumerate(self._list(None))]
        return tuple(dict.fromkeys(found))

    def _key(self, found: object, type_name: str, place: str | int) -> int:
        try:
            return ids.key(str(found), type_name)
        except ids.BadId as error:
            raise Invalid(error.message, *self.path, place) from None

    def range(
        self, low: str, high: str | None, *, least: int = 0, most: int = LARGEST, default: int | None = None
    ) -> tuple[int | None, int | None]:
        """Two ends, of which one at least is given, unless the first has a default."""
        first = self._whole(low, least, most)
        second = None if high is None else self._whole(high, least, most)
        if first is None and second is None:
            if default is None:
                raise Invalid(say("give {low}, {high} or both", low=low, high=high), *self.path)
            first = default
        if first is not None and second is not None and first > second:
            told = say(
                "{low} {first} is above {high} {second}", low=low, first=first, high=high, second=second
            )
            raise Invalid(told, *self.path, low)
        return first, second

    def days(self) -> int | None:
        """The length of the window, or None for ever."""
        return self._whole("days", 1, MOST_DAYS)

    def _whole(self, key: str, least: int, most: int) -> int | None:
        found = self._at(key)
        if found is None:
            return None
        if type(found) is not int or not least <= found <= most:
            told = say("{key} is a whole number of {least} to {most}", key=key, least=least, most=most)
            raise Invalid(told, *self.path, key)
        return found

    def amounts(self, low: str, high: str) -> tuple[Decimal | None, Decimal | None]:
        """Two exact amounts, of which one at least is given."""
        first, second = self._amount(low), self._amount(high)
        if first is None and second is None:
            raise Invalid(say("give {low}, {high} or both", low=low, high=high), *self.path)
        return first, second

    def _amount(self, key: str) -> Decimal | None:
        found = self._at(key)
        if found is None:
            return None
        if not isinstance(found, str) or not _AMOUNT.fullmatch(found):
            told = say('{key} is an amount: give digits in a string, e.g. "1234.50"', key=key)
            raise Invalid(told, *self.path, key)
        return Decimal(found)

    def scores(self, key: str) -> tuple[int, ...]:
        """Scores of 1 to MOST_LEVELS; none where there is no such key."""
        found = self._list(key, least=0)
        for each in found:
            if type(each) is not int or not 1 <= each <= MOST_LEVELS:
                told = say("{key} are scores of 1 to {most}", key=key, most=MOST_LEVELS)
                raise Invalid(told, *self.path, key)
        return tuple(dict.fromkeys(each for each in found if isinstance(each, int)))
