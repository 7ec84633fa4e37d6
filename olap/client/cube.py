"""A question to a cube, built word by word; each word gives a new question."""

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from olap.client.at_server import ServerSource
from olap.client.frames import frame_of
from olap.client.in_process import StoreSource
from olap.client.sources import Source
from olap.client.where import cut_texts
from olap.client.words import Words
from olap.errors import RequestError
from olap.request import Paging, Texts

ROWS = 1_000_000
"""Rows in one frame at most."""


@dataclass(frozen=True)
class Asked:
    """What a question says so far."""

    cuts: tuple[str, ...] = ()
    drilldown: tuple[str, ...] = ()


class Cube:
    """One cube, and a question to it. `where`, `without` and `by` say more; the others ask.

    Every method that asks raises RequestError for what does not exist, naming what does.
    """

    def __init__(
        self,
        name: str = "sales",
        *,
        url: str | None = None,
        token: str | None = None,
        store: Any = None,
        language: str = "en",
    ) -> None:
        """At a server's `url` with a `token`, or in process on an open `store`."""
        if (url is None) == (store is None):
            raise RequestError("a cube is asked at a url or in process on a store: give one of them")
        if store is not None:
            self._source: Source = StoreSource(name, store, language)
        else:
            self._source = ServerSource(name, str(url), token, language)
        self._asked = Asked()

    def where(self, *cuts: str, **members: Any) -> "Cube":
        """Only facts of these members, by dimension or level: `country="France"`, `date=(2011, 3)`,
        `gender=["female", None]` (None is Unknown), `date=Between((2011, 1), (2012,))`, `date="lastmonth"`.
        A text without name is a cut as the Slicer writes it.
        """
        return self._with(cuts=(*self._asked.cuts, *cuts, *cut_texts(self._words, self._source, members)))

    def without(self, **members: Any) -> "Cube":
        """Only facts of other members; those of Unknown ones are left out as well."""
        texts = [f"!{text}" for text in cut_texts(self._words, self._source, members)]
        return self._with(cuts=(*self._asked.cuts, *texts))

    def by(self, *levels: str) -> "Cube":
        """One row for each member: of a level (`"date:month"`, `"month"`), of another hierarchy
        (`"date@iso:iso_week"`), or of the next level below what is cut (`"date"`).
        """
        return self._with(drilldown=(*self._asked.drilldown, *map(self._words.drilldown, levels)))

    def frame(self, *aggregates: str, labels: bool = True, exact: bool = True) -> pd.DataFrame:
        """The aggregates (all, if none is named) of each cell, in the order of the levels.

        Columns are headed by labels in the cube's language, with `labels=False` by references (`date.month`).
        """
        table = self._source.aggregate(self._texts(aggregates=aggregates), _whole())
        return frame_of(table, self._words.labels if labels else {}, exact=exact)

    def aggregate(self, *aggregates: str) -> dict[str, Any]:
        """The aggregates of the whole cell: amounts as Decimal, counts as int, ratios as float."""
        return self._source.summary(replace(self._texts(aggregates=aggregates), drilldown=()))

    def members(self, level: str, *, labels: bool = True) -> pd.DataFrame:
        """The members of a level, with those above it, that occur in the cell."""
        dimension, hierarchy, name = self._words.level(level)
        table = self._source.members(dimension, hierarchy, name, self._texts(), _whole())
        return frame_of(table, self._words.labels if labels else {}, exact=True)

    def facts(self, *fields: str, limit: int = 1000, labels: bool = True, exact: bool = True) -> pd.DataFrame:
        """The first facts of the cell by their key, with all fields or the named ones."""
        table = self._source.facts(self._texts(fields=fields), Paging(0, limit))
        return frame_of(table, self._words.labels if labels else {}, exact=exact)

    @property
    def model(self) -> dict[str, Any]:
        """The cube's dimensions, levels and aggregates as the Slicer describes them."""
        return self._words.document

    @property
    def _words(self) -> Words:
        return self._source.words

    def _with(self, **said: Any) -> "Cube":
        other = object.__new__(Cube)
        other._source, other._asked = self._source, replace(self._asked, **said)
        return other

    def _texts(self, *, aggregates: tuple[str, ...] = (), fields: tuple[str, ...] = ()) -> Texts:
        return Texts(
            cut=self._asked.cuts, drilldown=self._asked.drilldown, aggregates=aggregates, fields=fields
        )


def _whole() -> Paging:
    """One page of all rows; one more than may come shows that there are more."""
    return Paging(0, ROWS + 1, ceiling=ROWS)
