"""From `country="France"` to a cut: members by the dimension's or the level's name."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import pandas as pd

from olap.client.words import Words
from olap.errors import RequestError
from olap.request import Paging, Texts
from olap.vocabulary import SEGMENT, path_text

PARTS: dict[str, Callable[[date], int]] = {
    "year": lambda day: day.year,
    "quarter": lambda day: (day.month + 2) // 3,
    "month": lambda day: day.month,
    "day": lambda day: day.day,
    "iso_year": lambda day: day.isocalendar().year,
    "iso_week": lambda day: day.isocalendar().week,
    "weekday": lambda day: day.isoweekday(),
}
"""Which member of a level a day is in."""


@dataclass(frozen=True)
class Between:
    """From one member or path to another, both in; None leaves an end open."""

    start: Any = None
    end: Any = None


class Members(Protocol):
    """Where members can be looked up."""

    def members(self, dimension: str, hierarchy: str, level: str, texts: Texts, paging: Paging) -> Any: ...


def cut_texts(words: Words, source: Members, members: Mapping[str, Any]) -> list[str]:
    """One cut for each keyword. Raises RequestError for an unknown name."""
    return [_cut(words, source, name, wanted) for name, wanted in members.items()]


def _cut(words: Words, source: Members, name: str, wanted: Any) -> str:
    # Segments cut cells, but are no dimension of answers, which the document tells of.
    if name == SEGMENT:
        return f"{name}:{_members(wanted, ())}"
    if name in words.dimensions:
        _, hierarchy, _ = words.level(name)
        return f"{name}:{_members(wanted, words.levels(name, hierarchy))}"
    dimension, hierarchy, level = words.level(name)
    if words.levels(dimension, hierarchy)[0] == level:
        return f"{dimension}@{hierarchy}:{_members(wanted, (level,))}"
    if isinstance(wanted, Between):
        raise RequestError(
            f"a range needs the whole path: say {dimension}=Between(...) instead of {name}=Between(...)"
        )
    paths = list(_paths(words, source, (dimension, hierarchy, level), set(_several(wanted))))
    if not paths:
        raise RequestError(f"no member {wanted!r} of level {level} of {dimension}")
    return f"{dimension}@{hierarchy}:{';'.join(map(path_text, paths))}"


def _paths(words: Words, source: Members, at: tuple[str, str, str], wanted: set[Any]) -> Iterator[list[Any]]:
    """The whole paths of members of a level below the first, whatever they lie under."""
    dimension, hierarchy, level = at
    levels = words.levels(dimension, hierarchy)
    keys = [words.key(dimension, above) for above in levels[: levels.index(level) + 1]]
    for row in source.members(dimension, hierarchy, level, Texts(), Paging()).select(keys).to_pylist():
        path = list(row.values())
        if path[-1] in wanted or (path[-1] is not None and str(path[-1]) in wanted):
            yield path


def _members(wanted: Any, levels: Sequence[str]) -> str:
    if isinstance(wanted, Between):
        if wanted.start is None and wanted.end is None:
            raise RequestError("Between needs a start or an end")
        return f"{_end(wanted.start, levels)}-{_end(wanted.end, levels)}"
    return ";".join(path_text(_path(item, levels)) for item in _several(wanted))


def _end(wanted: Any, levels: Sequence[str]) -> str:
    return "" if wanted is None else path_text(_path(wanted, levels))


def _several(wanted: Any) -> Iterable[Any]:
    several = list(wanted) if isinstance(wanted, list | set | frozenset) else [wanted]
    if not several:
        raise RequestError("an empty list of members; leave the keyword out to take all")
    return map(_known, several)


def _known(member: Any) -> Any:
    """None for what a frame has in the place of an Unknown member: NA, NaN and NaT as text would be nobody's."""
    return None if pd.api.types.is_scalar(member) and pd.isna(member) else member


def _path(wanted: Any, levels: Sequence[str]) -> list[Any]:
    """Its members, outermost first; a day's as far as the levels go."""
    if isinstance(wanted, date):
        return _of_day(wanted, levels)
    path = list(map(_known, wanted)) if isinstance(wanted, tuple) else [wanted]
    if not path:
        raise RequestError("an empty path of members; leave the keyword out to take all")
    if any(isinstance(member, bool) for member in path):
        # Its text would be a member that nobody has, and the cell would be empty without a word.
        raise RequestError(
            "True and False are no members: say 'yes' or 'no', of an attribute 'true' or 'false'"
        )
    return path


def _of_day(day: date, levels: Sequence[str]) -> list[int]:
    if not levels or not PARTS.keys() >= set(levels):
        raise RequestError(f"the day {day} is no member here; its levels are {', '.join(levels) or 'none'}")
    return [PARTS[level](day) for level in levels]
