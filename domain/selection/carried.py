"""A row whose columns are found when they are asked for: it stands for a row of a table where there is none."""

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import ColumnElement, FromClause


class Carried(FromClause):
    """A row whose columns are found when they are asked for, by name. It never stands in a FROM itself."""

    inherit_cache = False

    def __init__(self, names: Collection[str], find: Callable[[str], ColumnElement[Any]]) -> None:
        self._found = _Found(names, find)

    @property
    def c(self) -> Any:
        return self._found


class _Found:
    def __init__(self, names: Collection[str], find: Callable[[str], ColumnElement[Any]]) -> None:
        self._names = names
        self._find = find

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def __getitem__(self, name: str) -> ColumnElement[Any]:
        if name not in self._names:
            raise KeyError(name)
        return self._find(name)

    def __getattr__(self, name: str) -> ColumnElement[Any]:
        if name not in self._names:
            raise AttributeError(name)
        return self._find(name)
