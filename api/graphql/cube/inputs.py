"""What is asked of a cube: typed, and put into the words that the cube reads."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import strawberry

from api.errors import ApiError, Code
from api.graphql.planning.browsing import Direction
from domain.messages import say
from olap.request import Texts
from olap.vocabulary import path_text, written_cut

UNSET = strawberry.UNSET

AS_OF = "Traits as of event (unless said), now, or the end of a day, e.g. 2011-12-31."
NULLS = "Inverted cuts keep the facts of unknown members, which they leave out otherwise."
AT_LEAST = (
    "The extensions.token of a mutation: the answer holds what it wrote. Else the header X-Dangol-At-Least."
)

T = TypeVar("T")

Path = list[str | None]


@strawberry.input(description="From one path to another, both in; absent leaves an end open.")
class CubeRangeInput:
    from_: Path | None = strawberry.field(name="from", default=UNSET)
    to: Path | None = UNSET


@strawberry.input(one_of=True, description="Which members: one of these.")
class CubeMembersInput:
    point: Path | None = strawberry.field(default=UNSET, description="One path, outermost level first.")
    set: list[Path] | None = strawberry.field(default=UNSET, description="Any of these paths.")
    range: CubeRangeInput | None = strawberry.field(default=UNSET, description="From a path to a path.")
    text: str | None = strawberry.field(
        default=UNSET, description="As the Slicer writes it after the colon, e.g. 2011-2012."
    )


@strawberry.input(
    description="A cut: the members of a dimension that are meant. null in a path is the unknown member."
)
class CubeCutInput:
    dimension: str
    hierarchy: str | None = UNSET
    members: CubeMembersInput
    invert: bool = strawberry.field(default=False, description="All but these.")


@strawberry.input(description="A dimension by whose members the answer is parted.")
class CubeDrilldownInput:
    dimension: str
    hierarchy: str | None = UNSET
    level: str | None = strawberry.field(default=UNSET, description="The first one, unless another is given.")


@strawberry.input(description="One column of an ordering.")
class CubeOrderInput:
    by: str = strawberry.field(description="An attribute or an aggregate of the answer.")
    direction: Direction = Direction.ASC


@strawberry.input(description="Which aggregates of which cell, parted by what.")
class CubeAggregateInput:
    cut: list[CubeCutInput] = strawberry.field(default_factory=list, description="All of them hold.")
    drilldown: list[CubeDrilldownInput] = strawberry.field(default_factory=list)
    split: list[CubeCutInput] = strawberry.field(
        default_factory=list, description="Each cell twice: what lies in these cuts, and what does not."
    )
    aggregates: list[str] = strawberry.field(default_factory=list, description="All, unless some are named.")
    order: list[CubeOrderInput] = strawberry.field(default_factory=list)
    page: int = strawberry.field(default=0, description="From 0.")
    page_size: int = strawberry.field(default=100, description="1 to 1,000.")
    at_least: str | None = strawberry.field(default=UNSET, description=AT_LEAST)
    asof: str | None = strawberry.field(default=UNSET, description=AS_OF)
    nulls: bool = strawberry.field(default=False, description=NULLS)
    totals: bool = strawberry.field(
        default=False, description="Subtotals and the grand total; `__totals__` names the keys added up."
    )
    having: list[str] = strawberry.field(
        default_factory=list, description="Conditions that cells fulfil, e.g. orders>=5; all of them hold."
    )
    top: int | None = strawberry.field(
        default=UNSET,
        description="So many members of the dimension drilled down last: the first in the order.",
    )
    others: bool = strawberry.field(default=False, description="All members but the top ones as one more.")
    compare: str | None = strawberry.field(
        default=UNSET,
        description="previous, year_ago, or a span such as 3 months: its value, and the change.",
    )
    share: str | None = strawberry.field(
        default=UNSET, description="Shares of the total, or of the parent in a dimension drilled down."
    )
    window: str | None = strawberry.field(
        default=UNSET,
        description="rolling 3 months (or another span), to_date (the year so far), cumulative.",
    )
    fill: bool = strawberry.field(default=False, description="Empty cells for periods without facts.")
    convert: str | None = strawberry.field(
        default=UNSET,
        description="An ISO 4217 code, e.g. KRW: every amount in it, at the rate of its own day.",
    )
    plan: bool = strawberry.field(
        default=False, description="Targets beside the aggregates that have them, and the difference."
    )
    cohort: str | None = strawberry.field(
        default=UNSET,
        description="week, month, quarter or year of a customer's first purchase, by periods since: who came back.",
    )
    funnel: str | None = strawberry.field(
        default=UNSET,
        description="Steps in order, e.g. touchpoints.channel:message,email|offers.accepted|sales: who got there.",
    )
    within: str | None = strawberry.field(
        default=UNSET,
        description="How long the funnel may take from its first step to its last, e.g. 30 days.",
    )
    rfm: str | None = strawberry.field(
        default=UNSET,
        description="latest or a day, e.g. 2011-12-31, and ,monetary after it: customers by their scores then.",
    )
    migration: str | None = strawberry.field(
        default=UNSET,
        description="rfm_cell, stage or segment, and ,quarter or ,year after it: who moved from where to where.",
    )
    deciles: int | None = strawberry.field(
        default=UNSET,
        description="Customers in so many equal parts (2 to 100) by the first aggregate, and each part's share of it.",
    )


@strawberry.input(description="Which members of which dimension.")
class CubeMembersQueryInput:
    dimension: str
    hierarchy: str | None = UNSET
    level: str | None = strawberry.field(default=UNSET, description="The last one, unless another is given.")
    cut: list[CubeCutInput] = strawberry.field(
        default_factory=list, description="Only those that occur there."
    )
    order: list[CubeOrderInput] = strawberry.field(default_factory=list)
    page: int = strawberry.field(default=0, description="From 0.")
    page_size: int = strawberry.field(default=100, description="1 to 1,000.")
    at_least: str | None = strawberry.field(default=UNSET, description=AT_LEAST)
    asof: str | None = strawberry.field(default=UNSET, description=AS_OF)
    nulls: bool = strawberry.field(default=False, description=NULLS)


@strawberry.input(description="Which facts, and what of them.")
class CubeFactsInput:
    cut: list[CubeCutInput] = strawberry.field(default_factory=list)
    fields: list[str] = strawberry.field(default_factory=list, description="All, unless some are named.")
    order: list[CubeOrderInput] = strawberry.field(default_factory=list)
    page: int = strawberry.field(default=0, description="From 0.")
    page_size: int = strawberry.field(default=100, description="1 to 1,000.")
    at_least: str | None = strawberry.field(default=UNSET, description=AT_LEAST)
    asof: str | None = strawberry.field(default=UNSET, description=AS_OF)
    nulls: bool = strawberry.field(default=False, description=NULLS)


Asked = CubeAggregateInput | CubeMembersQueryInput | CubeFactsInput


def texts(asked: Asked) -> Texts:
    """What is asked, as the cube reads it. Raises ApiError for a cut that names no members."""
    return Texts(
        cut=_each(asked.cut, cut_text),
        drilldown=_each(getattr(asked, "drilldown", []), _drilldown_text),
        split=["|".join(_each(getattr(asked, "split", []), cut_text))],
        aggregates=getattr(asked, "aggregates", []),
        order=[f"{each.by}:{each.direction.value.lower()}" for each in asked.order],
        fields=getattr(asked, "fields", []),
        nulls=asked.nulls,
        asof=asked.asof or None,
        **(_beside(asked) if isinstance(asked, CubeAggregateInput) else {}),
    )


def _beside(asked: CubeAggregateInput) -> dict[str, Any]:
    """What is asked beside the aggregates. Raises ApiError for others without a top."""
    if asked.others and not asked.top:
        raise ApiError(Code.VALIDATION, say("others are those beyond the top: give top as well"))
    return {
        "totals": "yes" if asked.totals else None,
        "having": asked.having,
        "top": None if asked.top in {None, UNSET} else f"{asked.top}{',others' if asked.others else ''}",
        "compare": asked.compare or None,
        "share": asked.share or None,
        "window": asked.window or None,
        "fill": "yes" if asked.fill else None,
        "convert": asked.convert or None,
        "plan": "yes" if asked.plan else None,
        "cohort": asked.cohort or None,
        "funnel": asked.funnel or None,
        "within": asked.within or None,
        "rfm": asked.rfm or None,
        "migration": asked.migration or None,
        "deciles": None if asked.deciles in {None, UNSET} else str(asked.deciles),
    }


def cut_text(cut: CubeCutInput) -> str:
    """The cut as the Slicer writes it: reserved characters escaped."""
    members = cut.members
    if members.point:
        told = path_text(members.point)
    elif members.set and any(members.set):
        told = ";".join(path_text(path) for path in members.set)
    elif members.range:
        told = f"{path_text(members.range.from_ or [])}-{path_text(members.range.to or [])}"
    elif members.text:
        told = members.text
    else:
        raise ApiError(
            Code.VALIDATION,
            say(
                "the cut of {dimension!r} names no members; leave it out to take all",
                dimension=cut.dimension[:80],
            ),
        )
    return written_cut(cut.dimension, cut.hierarchy or None, told, invert=cut.invert)


def _drilldown_text(drilldown: CubeDrilldownInput) -> str:
    along = f"@{drilldown.hierarchy}" if drilldown.hierarchy else ""
    return f"{drilldown.dimension}{along}{f':{drilldown.level}' if drilldown.level else ''}"


def _each(given: Sequence[T], write: Callable[[T], str]) -> list[str]:
    return [write(each) for each in given]
