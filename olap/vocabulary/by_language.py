"""What a model is in each language, made when it is first asked for."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from olap.vocabulary.languages import LANGUAGES


class ByLanguage(Mapping[str, Any]):
    """One object for each language, always the same one.

    Most processes speak one language and few are asked what is cut by segments: to make all took four times as long at
    every start as to make what is asked for (measured).
    """

    def __init__(self, make: Callable[[str], Any]) -> None:
        self._make = make
        self._made: dict[str, Any] = {}

    def __getitem__(self, language: str) -> Any:
        if language not in LANGUAGES:
            raise KeyError(language)
        if language not in self._made:
            self._made.setdefault(language, self._make(language))
        return self._made[language]

    def __iter__(self) -> Iterator[str]:
        return iter(LANGUAGES)

    def __len__(self) -> int:
        return len(LANGUAGES)
