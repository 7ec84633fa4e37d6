"""What is asked, in the words of a cube: every name looked up, every member typed, nothing computed yet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from olap.beside import parameters
from olap.beside.parameters import Asked
from olap.errors import RequestError
from olap.journeys import parameters as journeys
from olap.journeys.parameters import JourneyAsked
from olap.ordering import Ordering, orderings
from olap.vocabulary import (
    CubeModel,
    HierarchyMismatch,
    UnknownObject,
    Unreadable,
    cell_of,
    dimension_of,
    drilldown_of,
    hierarchy_of,
    level_depth,
)


@dataclass(frozen=True)
class TraitsAt:
    """Traits as they are at a moment, or now (None), instead of as they were at the event."""

    moment: datetime | None = None


MOST = 2**31 - 1  # the number of the last page, and rows in one


@dataclass(frozen=True)
class Paging:
    """Page `number` (from 0) of `size` rows, both or neither; never more than `ceiling` rows."""

    number: int | None = None
    size: int | None = None
    ceiling: int | None = None

    def __post_init__(self) -> None:
        if self.number is not None and not 0 <= self.number <= MOST:
            raise RequestError(f"page {self.number}: pages are numbered from 0 to {MOST}")
        if self.size is not None and not 1 <= self.size <= MOST:
            raise RequestError(f"a page of {self.size} rows: it has 1 to {MOST}")

    @property
    def asked(self) -> bool:
        return self.number is not None and self.size is not None

    @property
    def limit(self) -> int | None:
        sizes = [size for size in (self.size if self.asked else None, self.ceiling) if size is not None]
        return min(sizes, default=None)

    @property
    def offset(self) -> int:
        return self.number * self.size if self.number is not None and self.size is not None else 0

    def rows_of(self, total: int) -> int:
        """How many rows the page has where there are `total`, whatever the ceiling."""
        rest = max(total - self.offset, 0)
        return min(rest, self.size) if self.asked and self.size is not None else rest


ALL_ROWS = Paging()
"""No page and no ceiling."""


@dataclass(frozen=True)
class AggregateRequest:
    """The aggregates of a cell, and of its parts by `drilldown` and `split`. No names: all aggregates.

    `asked` is shown beside them, and their targets if they are `planned`; amounts are converted to the currency
    `convert`. A `journey` is asked in place of the cells; `today` is the business day up to which periods go that are
    not over.
    """

    cell: Any
    drilldown: Any
    split: Any = None
    aggregates: tuple[str, ...] = ()
    order: tuple[Ordering, ...] = ()
    paging: Paging = ALL_ROWS
    nulls: bool = False
    traits: TraitsAt | None = None
    asked: Asked = parameters.NOTHING
    journey: JourneyAsked | None = None
    convert: str | None = None
    planned: bool = False
    today: date = date.max


@dataclass(frozen=True)
class MembersRequest:
    """The members of a dimension's first `depth` levels that occur in a cell."""

    cell: Any
    dimension: Any
    hierarchy: Any
    depth: int
    order: tuple[Ordering, ...] = ()
    paging: Paging = ALL_ROWS
    nulls: bool = False
    traits: TraitsAt | None = None


@dataclass(frozen=True)
class FactsRequest:
    """The facts of a cell. No fields: all of them. `key` is that of one fact."""

    cell: Any
    fields: tuple[str, ...] = ()
    key: int | None = None
    order: tuple[Ordering, ...] = ()
    paging: Paging = ALL_ROWS
    nulls: bool = False
    traits: TraitsAt | None = None


ONCE = (
    "asof",
    "totals",
    "top",
    "compare",
    "share",
    "window",
    "fill",
    "convert",
    "plan",
    "cohort",
    "funnel",
    "within",
    "rfm",
    "migration",
    "deciles",
)
"""Those of the texts that are given once."""


@dataclass(frozen=True)
class Texts:
    """The parameters of a request as their texts stand in a query string; lists may have been given several times."""

    cut: Sequence[str] = ()
    drilldown: Sequence[str] = ()
    split: Sequence[str] = ()
    aggregates: Sequence[str] = ()
    order: Sequence[str] = ()
    fields: Sequence[str] = ()
    nulls: bool = False
    asof: str | None = None
    totals: str | None = None
    having: Sequence[str] = ()
    top: str | None = None
    compare: str | None = None
    share: str | None = None
    window: str | None = None
    fill: str | None = None
    convert: str | None = None
    plan: str | None = None
    cohort: str | None = None
    funnel: str | None = None
    within: str | None = None
    rfm: str | None = None
    migration: str | None = None
    deciles: str | None = None


def aggregate_request(
    model: CubeModel, texts: Texts, *, paging: Paging = ALL_ROWS, now: datetime, language: str
) -> AggregateRequest:
    """Raises RequestError and its kinds for whatever does not exist."""
    cell = cell_of(model, texts.cut, now=now, language=language)
    return AggregateRequest(
        cell=cell,
        drilldown=drilldown_of(cell, texts.drilldown),
        split=cell_of(model, texts.split, now=now, language=language) if any(texts.split) else None,
        aggregates=tuple(listed(texts.aggregates, "|,")),
        order=orderings(listed(texts.order, ",")),
        paging=paging,
        nulls=texts.nulls,
        traits=traits_of(texts.asof, now),
        asked=asked_of(texts),
        journey=journey_of(texts, now=now, language=language),
        convert=parameters.currency(texts.convert),
        planned=parameters.yes("plan", texts.plan),
        today=now.date(),
    )


def asked_of(texts: Texts) -> Asked:
    """What the texts ask beside the aggregates. Raises RequestError."""
    return Asked(
        totals=parameters.yes("totals", texts.totals),
        having=parameters.having(texts.having),
        top=parameters.top(texts.top),
        compare=parameters.compare(texts.compare),
        share=texts.share or None,
        window=parameters.window(texts.window),
        fill=parameters.yes("fill", texts.fill),
    )


def journey_of(texts: Texts, *, now: datetime, language: str) -> JourneyAsked | None:
    """What the texts ask of customers' ways. Raises RequestError and its kinds."""
    given = {name: getattr(texts, name) for name in journeys.QUESTIONS}
    return journeys.asked(given, texts.within, now=now, language=language)


def traits_of(text: str | None, now: datetime) -> TraitsAt | None:
    """Of when the traits are; a day's are those at its end, in the zone of `now`. Raises RequestError."""
    wanted = parameters.as_of(text)
    if wanted is None or wanted.day is None:
        return None if wanted is None else TraitsAt()
    if wanted.day == date.max:
        raise RequestError(f"the day {wanted.day} has no end in the calendar")
    return TraitsAt(datetime.combine(wanted.day + timedelta(days=1), time(), now.tzinfo))


def members_request(
    model: CubeModel,
    texts: Texts,
    *,
    dimension: str,
    hierarchy: str | None = None,
    level: str | None = None,
    depth: str | None = None,
    paging: Paging = ALL_ROWS,
    now: datetime,
    language: str,
) -> MembersRequest:
    """Down to a level or a depth, not both; without them to the last level. Raises RequestError and its kinds."""
    cube = model.cube(language)
    found = dimension_of(cube, dimension)
    along = hierarchy_of(found, hierarchy)
    return MembersRequest(
        cell=cell_of(model, texts.cut, now=now, language=language),
        dimension=found,
        hierarchy=along,
        depth=member_depth(found, along, level=level, depth=depth),
        order=orderings(listed(texts.order, ",")),
        paging=paging,
        nulls=texts.nulls,
        traits=traits_of(texts.asof, now),
    )


def member_depth(dimension: Any, hierarchy: Any, *, level: str | None, depth: str | int | None) -> int:
    """How many levels are asked for. Raises RequestError, HierarchyMismatch."""
    if level is not None and depth is not None:
        raise Unreadable("both depth and level are given; give one of them, preferably level")
    if level is not None:
        return level_depth(dimension, hierarchy, level)
    deepest = len(hierarchy)
    if depth is None:
        return deepest
    text = str(depth)
    if not re.fullmatch("-?[0-9]{1,9}", text):
        raise Unreadable(f"depth should be a whole number of at most 9 digits: {text[:40]!r}")
    if not 1 <= int(text) <= deepest:
        known = ", ".join(hierarchy.level_names)
        raise HierarchyMismatch(
            f"no depth {text} in hierarchy {hierarchy.name} of {dimension.name}; its levels are {known}"
        )
    return int(text)


def facts_request(
    model: CubeModel, texts: Texts, *, paging: Paging = ALL_ROWS, now: datetime, language: str
) -> FactsRequest:
    """Raises RequestError and its kinds for whatever does not exist."""
    return FactsRequest(
        cell=cell_of(model, texts.cut, now=now, language=language),
        fields=tuple(listed(texts.fields, "|,")),
        order=orderings(listed(texts.order, ",")),
        paging=paging,
        nulls=texts.nulls,
        traits=traits_of(texts.asof, now),
    )


def fact_request(model: CubeModel, key: str, *, language: str) -> FactsRequest:
    """The one fact with that key. Raises UnknownObject for what cannot be a key."""
    if not re.fullmatch("[0-9]{1,19}", key) or int(key) >= 2**63:
        raise UnknownObject("fact", key[:80])
    return FactsRequest(cell=cell_of(model, (), language=language), key=int(key))


def listed(texts: Sequence[str], separators: str) -> list[str]:
    """The names in texts that may hold several each; none twice."""
    joined = "\0".join(texts)
    for separator in separators:
        joined = joined.replace(separator, "\0")
    return [name for name in dict.fromkeys(joined.split("\0")) if name]
