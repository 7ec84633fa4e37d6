"""A question to a cube, built word by word; each word gives a new question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pandas as pd

from olap.beside.columns import label_of
from olap.client.at_server import ServerSource
from olap.client.frames import frame_of
from olap.client.in_process import StoreSource
from olap.client.sources import Source
from olap.client.told import Line, Progress, silent
from olap.client.where import cut_texts
from olap.client.wide import wide_of
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
    across: tuple[str, ...] = ()
    split: tuple[str, ...] = ()
    having: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    page: Paging | None = None
    once: Mapping[str, Any] = field(default_factory=dict)


class Cube:
    """One cube, and a question to it. What gives a `Cube` says more; the others ask.

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
        progress: bool | Progress = False,
    ) -> None:
        """At a server's `url` with a `token`, or in process on an open `store`.

        `progress` shows on standard error how far an answer of a server has come, or tells it to a function of the
        bytes that are there and of all of them (None: not known yet).
        """
        if (url is None) == (store is None):
            raise RequestError("a cube is asked at a url or in process on a store: give one of them")
        if store is not None:
            self._source: Source = StoreSource(name, store, language)
        else:
            told = progress if callable(progress) else Line() if progress else silent
            self._source = ServerSource(name, str(url), token, language, progress=told)
        self._asked = Asked()

    def where(self, *cuts: str, **members: Any) -> "Cube":
        """Only facts of these members, by dimension or level: `country="France"`, `date=(2011, 3)`,
        `gender=["female", None]` (None is Unknown), `date=Between((2011, 1), (2012,))`, `date="lastmonth"`,
        `date=Between(date(2011, 3, 1), date(2011, 3, 31))`, `segment="VIP"`. A text without name is a cut as the
        Slicer writes it.
        """
        return self._with(cuts=(*self._asked.cuts, *cuts, *cut_texts(self._words, self._source, members)))

    def without(self, **members: Any) -> "Cube":
        """Only facts of other members; those of Unknown ones are left out as well, unless `with_unknown` is said."""
        texts = [f"!{text}" for text in cut_texts(self._words, self._source, members)]
        return self._with(cuts=(*self._asked.cuts, *texts))

    def with_unknown(self) -> "Cube":
        """What `without` leaves out does not take the facts of Unknown members with it."""
        return self._with(once={**self._asked.once, "nulls": True})

    def by(self, *levels: str) -> "Cube":
        """One row for each member: of a level (`"date:month"`, `"month"`), of another hierarchy
        (`"date@iso:iso_week"`), or of the next level below what is cut (`"date"`).
        """
        return self._with(drilldown=(*self._asked.drilldown, *map(self._words.drilldown, levels)))

    def across(self, *levels: str) -> "Cube":
        """One column for each member of these levels, said as in `by`; what stands in `by` becomes the index. Several
        aggregates head a level of their own."""
        return self._with(across=(*self._asked.across, *map(self._words.drilldown, levels)))

    def split(self, *cuts: str, **members: Any) -> "Cube":
        """The facts that lie in these cuts as well, said as in `where`, beside those that do not; `__within_split__`
        tells them apart."""
        return self._with(split=(*self._asked.split, *cuts, *cut_texts(self._words, self._source, members)))

    def at_least(self, token: str) -> "Cube":
        """The answer holds the write whose response carried the token (`extensions.token`), and is waited for.

        Raises RequestError for what is no token, CubeError where the write does not show in time.
        """
        other = object.__new__(Cube)
        other._source, other._asked = self._source.holding(token), self._asked
        return other

    def as_of(self, when: date | str) -> "Cube":
        """Customers and products with their traits of `"now"`, or of the end of a day, instead of the event's."""
        return self._once("asof", str(when))

    def compare(self, against: str) -> "Cube":
        """Beside each value that of `"previous"`, `"year_ago"` or `"3 months"` before, and the change."""
        return self._once("compare", against)

    def window(self, reach: str) -> "Cube":
        """Beside each value that of `"rolling 3 months"`, `"to_date"` (the year so far) or `"cumulative"`."""
        return self._once("window", reach)

    def share(self, of: str = "total") -> "Cube":
        """Beside each value its share of the `"total"`, or of its parent in a dimension that is drilled down."""
        return self._once("share", of)

    def having(self, *conditions: str) -> "Cube":
        """Only cells that fulfil the conditions: `"orders>=5"`."""
        return self._with(having=(*self._asked.having, *conditions))

    def top(
        self, size: int, by: str | None = None, *, others: bool = False, ascending: bool = False
    ) -> "Cube":
        """Only the first members of the dimension named last, by an aggregate (that of `order`, else the first one);
        `others` as one more."""
        order = self._asked.order if by is None else (f"{by}:{'asc' if ascending else 'desc'}",)
        text = f"{size},others" if others else str(size)
        return self._with(order=order, once={**self._asked.once, "top": text})

    def order(self, *columns: str) -> "Cube":
        """Rows by these columns, the first one first, after those named before: `"net_revenue:desc"`,
        `"net_revenue__change"`, `"date.month"` as `frame(labels=False)` heads them, or a level, `"month:desc"`.
        Unknown comes last either way; then the order of the levels."""
        return self._with(order=(*self._asked.order, *map(self._words.ordering, columns)))

    def page(self, number: int, size: int) -> "Cube":
        """Only page `number`, from 0, of `size` rows. Pages of one question never overlap; one beyond the last is
        empty. Of whole cells (`aggregate`) there are none."""
        return self._with(page=Paging(number, size, ceiling=ROWS))

    def totals(self) -> "Cube":
        """With subtotals and the grand total; `__totals__` says which keys a row has added up."""
        return self._once("totals", "yes")

    def filled(self) -> "Cube":
        """With empty cells for periods of which there are no facts."""
        return self._once("fill", "yes")

    def convert(self, currency: str) -> "Cube":
        """With every amount in one currency, `"KRW"`: each fact's at the rate of its own day."""
        return self._once("convert", currency)

    def planned(self) -> "Cube":
        """Beside each aggregate that has targets what was planned for the cell, and how far the actual is from it."""
        return self._once("plan", "yes")

    def cohort(self, unit: str) -> "Cube":
        """Customers by the `"week"`, `"month"`, `"quarter"` or `"year"` of their first purchase in the cell, by units
        since: `cohort_size`, `active_customers` and `retention`, and the aggregates that are named.

        Units that are not over are not `complete`; they have no retention yet.
        """
        return self._once("cohort", unit)

    def funnel(self, *steps: str, within: str | None = None) -> "Cube":
        """How many customers went through the steps in their order: `"touchpoints.channel:message,email"`,
        `"offers.accepted"`, `"sales"`. The first is of this cube, and of what is cut. `within`: `"30 days"` from the
        first step to the last.
        """
        said: dict[str, Any] = {"funnel": "|".join(steps)} | ({} if within is None else {"within": within})
        return self._with(once={**self._asked.once, **said})

    def rfm(self, day: date | str = "latest", *, monetary: bool = False) -> "Cube":
        """On the cube `customers`: how many have which recency and frequency (and money) at the end of a day, the
        latest one unless said, and what they have brought by then."""
        return self._once("rfm", f"{day},monetary" if monetary else str(day))

    def migration(self, what: str, per: str = "month") -> "Cube":
        """Who stayed, moved, entered and left from one `"month"`, `"quarter"` or `"year"` to the next: between
        `"rfm_cell"` or `"stage"` on the cube `customers`, between `"segment"` on the cube `segments`."""
        return self._once("migration", f"{what},{per}")

    def deciles(self, parts: int = 10) -> "Cube":
        """Customers in so many equal parts by the first aggregate of the frame (net revenue where none is named), the
        best first: `decile_size`, the aggregates, `share` and `cumulative_share`."""
        return self._once("deciles", str(parts))

    def frame(self, *aggregates: str, labels: bool = True, exact: bool = True) -> pd.DataFrame:
        """The aggregates (all, if none is named) of each cell, in the order of the levels.

        Columns are headed by labels in the cube's language, with `labels=False` by references (`date.month`).
        """
        table = self._source.aggregate(self._texts(aggregates=aggregates), self._paging)
        named = self._labels(table.column_names) if labels else {}
        down, across = self._asked.drilldown, self._asked.across
        if across:
            told: dict[str, Any] = {"language": self._source.language, "ranked": "top" in self._asked.once}
            return wide_of(table, down, across, named, exact=exact, **told)
        return frame_of(table, named, exact=exact)

    def aggregate(self, *aggregates: str) -> dict[str, Any]:
        """The aggregates of the whole cell: amounts as Decimal, counts as int, ratios as float."""
        # What is compared or planned cell by cell is nothing of the whole.
        kept = {"asof", "convert", "nulls"} | (
            set() if self._asked.drilldown + self._asked.across else {"compare", "plan"}
        )
        whole: dict[str, Any] = {name: text for name, text in self._asked.once.items() if name in kept}
        return self._source.summary(Texts(cut=self._asked.cuts, aggregates=aggregates, **whole))

    def explain(self, *aggregates: str) -> dict[str, Any]:
        """How `frame` would be answered: `plan`, `sql` with its `values`, the `rollup` that is read (None: the facts),
        and why each other one was `refused`. Nothing is computed."""
        return self._source.explain(self._texts(aggregates=aggregates), self._paging)

    def members(
        self,
        level: str,
        *,
        order: Sequence[str] = (),
        page: int = 0,
        limit: int | None = None,
        labels: bool = True,
    ) -> pd.DataFrame:
        """The members of a level, with those above it, that occur in the cell; with a `limit` that page of so many."""
        dimension, hierarchy, name = self._words.level(level)
        paging = _whole() if limit is None else Paging(page, limit, ceiling=ROWS)
        table = self._source.members(dimension, hierarchy, name, self._plain(order=order), paging)
        return frame_of(table, self._words.labels if labels else {}, exact=True)

    def facts(
        self,
        *fields: str,
        order: Sequence[str] = (),
        page: int = 0,
        limit: int = 1000,
        labels: bool = True,
        exact: bool = True,
    ) -> pd.DataFrame:
        """A page of `limit` facts of the cell, with all fields or the named ones: by `order`, then by their key."""
        table = self._source.facts(self._plain(fields=fields, order=order), Paging(page, limit))
        return frame_of(table, self._words.labels if labels else {}, exact=exact)

    @property
    def model(self) -> dict[str, Any]:
        """The cube's dimensions, levels and aggregates as the Slicer describes them."""
        return self._words.document

    @property
    def _words(self) -> Words:
        return self._source.words

    def _labels(self, names: list[str]) -> dict[str, str]:
        return {name: label_of(name, self._words.labels, self._source.language) for name in names}

    def _with(self, **said: Any) -> "Cube":
        other = object.__new__(Cube)
        other._source, other._asked = self._source, replace(self._asked, **said)
        return other

    def _plain(self, *, fields: tuple[str, ...] = (), order: Sequence[str] = ()) -> Texts:
        """The cell alone, with its traits: members and facts have no aggregates, and an order of their own."""
        kept: dict[str, Any] = {
            name: self._asked.once[name] for name in ("asof", "nulls") if name in self._asked.once
        }
        ordered = [self._words.ordering(each) for each in order]
        return Texts(cut=self._asked.cuts, fields=fields, order=ordered, **kept)

    @property
    def _paging(self) -> Paging:
        return self._asked.page or _whole()

    def _once(self, name: str, text: str) -> "Cube":
        return self._with(once={**self._asked.once, name: text})

    def _texts(self, *, aggregates: tuple[str, ...] = ()) -> Texts:
        return Texts(
            cut=self._asked.cuts,
            drilldown=(*self._asked.drilldown, *self._asked.across),
            split=self._asked.split,
            aggregates=aggregates,
            having=self._asked.having,
            order=self._asked.order,
            **self._asked.once,
        )


def _whole() -> Paging:
    """One page of all rows; one more than may come shows that there are more."""
    return Paging(0, ROWS + 1, ceiling=ROWS)
