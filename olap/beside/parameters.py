"""What may be asked beside a cell's aggregates: traits as of when, totals, conditions, the first n, other times."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from olap.conditions import Against
from olap.errors import RequestError

TOP_LIMIT = 1_000
COUNT_LIMIT = 10_000
"""Units in one `compare` or `window`."""
CONDITION_LIMIT = 16

UNITS = ("day", "week", "month", "quarter", "year")
Unit = Literal["day", "week", "month", "quarter", "year"]

CONDITION = re.compile(r"\s*(\w+)\s*(>=|<=|!=|=|>|<)\s*(-?[0-9]{1,18}(?:\.[0-9]{1,9})?)\s*")
SPAN = re.compile(rf"([0-9]{{1,5}}) ({'|'.join(UNITS)})s?")
TOP = re.compile(r"([0-9]{1,9})(,others)?")


@dataclass(frozen=True)
class AsOf:
    """Traits as they are (`day` None), or as they were at the end of a business day."""

    day: date | None = None


@dataclass(frozen=True)
class Having:
    """A column of the answer compares so with a number."""

    column: str
    operator: Against
    number: Decimal


@dataclass(frozen=True)
class Top:
    """The first `size` members of the dimension drilled last; with `others` the rest as one more."""

    size: int
    others: bool


@dataclass(frozen=True)
class Span:
    """So many units of the calendar."""

    count: int
    unit: Unit


@dataclass(frozen=True)
class Compare:
    """With the period before, with the same one a year ago, or with the one a span ago."""

    with_: Literal["previous", "year_ago"] | Span


@dataclass(frozen=True)
class Window:
    """Up to the end of each period: the last span, since its year began, or all of the cell."""

    kind: Literal["rolling", "to_date", "cumulative"]
    span: Span | None = None


@dataclass(frozen=True)
class Asked:
    """What is asked beside the aggregates of a cell and of its parts. `share`: `total` or a dimension."""

    totals: bool = False
    having: tuple[Having, ...] = ()
    top: Top | None = None
    compare: Compare | None = None
    share: str | None = None
    window: Window | None = None
    fill: bool = False


NOTHING = Asked()
"""The aggregates alone."""


def as_of(text: str | None) -> AsOf | None:
    """`event` (None), `now` or a day. Raises RequestError."""
    if text in {None, "", "event"}:
        return None
    if text == "now":
        return AsOf()
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text or ""):
            raise ValueError("a day is written 2011-12-31")
        return AsOf(date.fromisoformat(text or ""))
    except ValueError as error:
        raise RequestError(
            f"unknown asof {_short(text)}: {error}; known: event, now, or a day such as 2011-12-31"
        ) from None


def yes(name: str, text: str | None) -> bool:
    """Whether a parameter says yes. Raises RequestError for what is neither yes nor no."""
    word = (text or "no").lower()
    if word not in {"yes", "true", "1", "on", "no", "false", "0", "off"}:
        raise RequestError(f"unknown {name} {_short(text)}; known: yes, no")
    return word in {"yes", "true", "1", "on"}


def having(texts: Sequence[str]) -> tuple[Having, ...]:
    """`aggregate>=number`, several joined by `|` or `,`; all hold. Raises RequestError."""
    items = [item for text in texts for item in re.split(r"[|,]", text) if item.strip()]
    if len(items) > CONDITION_LIMIT:
        raise RequestError(f"{len(items)} conditions in having; at most {CONDITION_LIMIT} are taken")
    return tuple(_condition(item) for item in items)


def _condition(item: str) -> Having:
    matched = CONDITION.fullmatch(item)
    if matched is None:
        raise RequestError(
            f"malformed having {_short(item)}; the form is aggregate>=number, with one of =, !=, <, <=, >, >="
        )
    operator: Against = matched[2]  # type: ignore[assignment]  # the pattern has these alone
    return Having(matched[1], operator, Decimal(matched[3]))


def top(text: str | None) -> Top | None:
    """`5` or `5,others`. Raises RequestError."""
    if not text:
        return None
    matched = TOP.fullmatch(text.replace(" ", ""))
    if matched is None:
        raise RequestError(f"unknown top {_short(text)}; the form is a number or a number,others: 5,others")
    if not 1 <= int(matched[1]) <= TOP_LIMIT:
        raise RequestError(f"top {matched[1]}: 1 to {TOP_LIMIT} members can be the first")
    return Top(int(matched[1]), others=matched[2] is not None)


def compare(text: str | None) -> Compare | None:
    """`previous`, `year_ago` or `3 months`. Raises RequestError."""
    match text:
        case None | "":
            return None
        case "previous" | "year_ago":
            return Compare(text)
        case _:
            return Compare(_span("compare", text, text, "previous, year_ago, or a span such as 3 months"))


def window(text: str | None) -> Window | None:
    """`rolling 3 months`, `to_date` or `cumulative`. Raises RequestError."""
    match text:
        case None | "":
            return None
        case "to_date" | "cumulative":
            return Window(text)
        case _:
            known = "rolling <n> <unit>, to_date, cumulative"
            word, _, rest = text.partition(" ")
            return Window("rolling", _span("window", text, rest if word == "rolling" else "", known))


def currency(text: str | None) -> str | None:
    """A code of ISO 4217; whether there is such a currency is known to the star. Raises RequestError."""
    if not text:
        return None
    if not re.fullmatch("[A-Z]{3}", text):
        raise RequestError(
            f"unknown currency {_short(text)} in convert; a code of ISO 4217 has three letters: KRW"
        )
    return text


def _span(name: str, given: str, text: str, known: str) -> Span:
    matched = SPAN.fullmatch(text.strip())
    if matched is None:
        raise RequestError(f"unknown {name} {_short(given)}; known: {known}; units: {', '.join(UNITS)}")
    count = int(matched[1])
    if not 1 <= count <= COUNT_LIMIT:
        raise RequestError(f"{name} {_short(given)}: 1 to {COUNT_LIMIT} units are taken")
    unit: Unit = matched[2]  # type: ignore[assignment]  # the pattern has these alone
    return Span(count, unit)


def _short(text: str | None) -> str:
    return repr(text if text is None or len(text) <= 80 else text[:77] + "...")
