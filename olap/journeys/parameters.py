"""What may be asked of customers' ways: `cohort=month`, `funnel=` with its steps and `within`, `rfm`, `migration`, and
who brought how much: `deciles`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, get_args

from olap.errors import RequestError
from olap.journeys.shapes import CohortUnit
from olap.vocabulary import CubeModel, TooMuch, UnknownObject, cell_of, models

STEP_LIMIT = 8
WITHIN_LIMIT = 10_000
PARTS_LIMIT = 100
UNITS: tuple[CohortUnit, ...] = get_args(CohortUnit)
PERIODS: tuple[CohortUnit, ...] = ("month", "quarter", "year")
"""Between whose ends moves are counted: how customers stand is known at the end of each month."""
MICROSECONDS = {"minute": 60_000_000, "hour": 3_600_000_000, "day": 86_400_000_000, "week": 604_800_000_000}
"""Of each unit that `within` takes: a day has 24 hours."""

BETWEEN_STEPS = re.compile(r"(?<!\\)\|")
BEFORE_A_CUT = re.compile(r"\.(?=!?\w+(?:@\w+)?:)")
"""Within a step: a name, a dimension's or an aggregate's, follows each point."""
HEAD = re.compile(r"(\w+)(?:\.(\w+))?")
SPAN = re.compile(rf"([0-9]{{1,6}}) ({'|'.join(MICROSECONDS)})s?")


@dataclass(frozen=True)
class CohortAsked:
    """Customers by the unit of their first purchase."""

    unit: CohortUnit


@dataclass(frozen=True)
class StepAsked:
    """An event of a cube, `event` None for the cube's own, in a cell; `text` is how it was asked."""

    text: str
    model: CubeModel
    event: str | None
    cell: Any


@dataclass(frozen=True)
class FunnelAsked:
    """Steps in their order; `within`: microseconds from the first to the last."""

    steps: tuple[StepAsked, ...]
    within: int | None


@dataclass(frozen=True)
class RfmAsked:
    """Customers by their scores at the end of a day, None for the end of the latest month; by money too, if asked. When
    the day `ends` is said of a day within a month: how customers stand is noted at months' ends."""

    day: date | None
    monetary: bool
    ends: datetime | None = None


@dataclass(frozen=True)
class MigrationAsked:
    """Moves between the members of a dimension, from the end of each period to that of the next."""

    what: str
    unit: CohortUnit


@dataclass(frozen=True)
class DecilesAsked:
    """Customers in so many equal parts."""

    parts: int


JourneyAsked = CohortAsked | FunnelAsked | RfmAsked | MigrationAsked | DecilesAsked

QUESTIONS = ("cohort", "funnel", "rfm", "migration", "deciles")
"""What is asked by a parameter of its own; each has a text."""


def asked(
    given: Mapping[str, str | None], within: str | None, *, now: datetime, language: str
) -> JourneyAsked | None:
    """What the texts of a request ask, by the names of QUESTIONS: one thing. Raises RequestError and its kinds."""
    names = [name for name, text in given.items() if text]
    if len(names) > 1:
        raise RequestError(f"{' and '.join(names)} are different questions; ask one of them")
    if within and names != ["funnel"]:
        raise RequestError("within says how long a funnel may take; give funnel as well")
    if not names:
        return None
    text = given[names[0]] or ""
    match names[0]:
        case "cohort":
            return cohort(text)
        case "funnel":
            return funnel(text, within or None, now=now, language=language)
        case "rfm":
            return rfm(text, now)
        case "migration":
            return migration(text)
        case _:
            return deciles(text)


def cohort(text: str) -> CohortAsked:
    """Raises RequestError for what is no unit."""
    found = next((unit for unit in UNITS if unit == text), None)
    if found is None:
        raise RequestError(f"unknown cohort {short(text)}; known: {', '.join(UNITS)}")
    return CohortAsked(found)


def funnel(text: str, within: str | None, *, now: datetime, language: str) -> FunnelAsked:
    """Steps joined by `|`, each `cube`, `cube.event` or either with cuts: `touchpoints.contacts.channel:email`.

    Raises RequestError and its kinds.
    """
    texts = BETWEEN_STEPS.split(text)
    if not 2 <= len(texts) <= STEP_LIMIT:
        raise TooMuch(f"a funnel of {len(texts)} steps; 2 to {STEP_LIMIT} are taken, joined by |")
    steps = tuple(_step(each.strip(), now=now, language=language) for each in texts)
    return FunnelAsked(steps, None if within is None else _within(within))


def rfm(text: str, now: datetime) -> RfmAsked:
    """`latest` or a day, and `,monetary` after it. Raises RequestError."""
    when, _, more = text.partition(",")
    if more not in {"", "monetary"}:
        raise RequestError(f"unknown rfm {short(text)}; after the day there may be monetary: latest,monetary")
    if when in {"latest", "yes"}:
        return RfmAsked(None, monetary=bool(more))
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", when):
            raise ValueError("a day is written 2011-12-31")
        day = date.fromisoformat(when)
    except ValueError as error:
        raise RequestError(
            f"unknown rfm {short(text)}: {error}; known: latest, or a day such as 2011-12-31"
        ) from None
    today = now.date()
    if day > today:
        raise RequestError(
            f"rfm of {day}, which is not over: today is {today}; ask for latest or a day before"
        )
    after = day + timedelta(days=1)
    within = after.day > 1
    return RfmAsked(day, bool(more), datetime.combine(after, time(), now.tzinfo) if within else None)


def migration(text: str) -> MigrationAsked:
    """A dimension, and `,quarter` or `,year` after it where not months are meant. Raises RequestError."""
    what, _, unit = text.partition(",")
    found = next((each for each in PERIODS if each == (unit or "month")), None)
    if found is None:
        raise RequestError(f"unknown period {short(unit)} of migration; known: {', '.join(PERIODS)}")
    return MigrationAsked(what, found)


def deciles(text: str) -> DecilesAsked:
    """`yes` for ten, or how many parts. Raises RequestError."""
    if text == "yes":
        return DecilesAsked(10)
    if not re.fullmatch("[0-9]{1,3}", text) or not 2 <= int(text) <= PARTS_LIMIT:
        raise RequestError(
            f"unknown deciles {short(text)}; known: yes (10), or a number from 2 to {PARTS_LIMIT}"
        )
    return DecilesAsked(int(text))


def _step(text: str, *, now: datetime, language: str) -> StepAsked:
    head, *cuts = BEFORE_A_CUT.split(text)
    matched = HEAD.fullmatch(head)
    if matched is None:
        raise RequestError(
            f"malformed step {short(text)} of the funnel; the form is cube, cube.event, or either with cuts: "
            "touchpoints.channel:message,email"
        )
    model = _cube(matched[1], text)
    _check_event(model, matched[2], text)
    return StepAsked(text, model, matched[2], _cell(model, cuts, text, now=now, language=language))


def _cube(name: str, text: str) -> CubeModel:
    known = {each.name: each for each in models().values() if each.journey is not None}
    if name not in known:
        raise RequestError(f"unknown cube {name[:40]!r} in the step {short(text)}; known: {', '.join(known)}")
    return known[name]


def _check_event(model: CubeModel, event: str | None, text: str) -> None:
    assert model.journey is not None
    if event is not None and event not in model.journey.moments:
        known = ", ".join(model.journey.moments)
        raise RequestError(
            f"unknown event {event[:40]!r} in the step {short(text)}; known of {model.name}: {known}"
        )


def _cell(model: CubeModel, cuts: Sequence[str], text: str, *, now: datetime, language: str) -> Any:
    try:
        return cell_of(model, cuts, now=now, language=language)
    except UnknownObject as error:
        raise RequestError(f"in the step {short(text)}: {error}") from None


def _within(text: str) -> int:
    matched = SPAN.fullmatch(text.strip())
    if matched is None or not 1 <= int(matched[1]) <= WITHIN_LIMIT:
        raise RequestError(
            f"unknown within {short(text)}; the form is 30 days: 1 to {WITHIN_LIMIT} {', '.join(MICROSECONDS)}"
        )
    return int(matched[1]) * MICROSECONDS[matched[2]]


def short(text: str) -> str:
    """The text as an error tells it."""
    return repr(text if len(text) <= 80 else text[:77] + "...")
