"""A cell as a rule over customers, where a rule says exactly who has facts in it.

A rule speaks of customers as they are, and of windows of days that end today. So does a cell of sales or of touchpoints
whose traits are those of now and whose days reach up to today; the window then moves with the days. Whatever else cuts
it no rule can say, and it is refused by its name: the customers of such a cell are a list.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from olap.errors import RequestError
from olap.request import FactsRequest
from olap.vocabulary import CubeModel, PointCut, RangeCut, SetCut
from olap.vocabulary.times import day_path

Rule = Mapping[str, Any]

PLACES = ("COUNTRY", "REGION", "DISTRICT")
TRAITS = {
    "gender": "GENDER",
    "occupation": "OCCUPATION",
    "wealth_band": "WEALTH_BAND",
    "acquired_channel": "ACQUIRED_CHANNEL",
    "customer_kind": "KIND",
}
LOWERED = frozenset({"GENDER", "ACQUIRED_CHANNEL", "KIND"})
"""Words that the star writes small, and rules do not."""

SAYABLE = {
    "sales": ("customer", *TRAITS, "lifecycle_stage", "date", "line_kind"),
    "touchpoints": ("customer", *TRAITS, "lifecycle_stage", "date", "channel"),
}
"""Of each cube the dimensions whose cuts a rule can say."""


def rule_of(model: CubeModel, request: FactsRequest, today: date) -> Rule:
    """The rule that the customers of the cell meet, and no others. Raises RequestError that names what no rule says."""
    known = SAYABLE.get(model.name)
    if known is None:
        raise RequestError(f"no rule says a cell of the cube {model.name}; known: {', '.join(SAYABLE)}")
    if request.traits is None or request.traits.moment is not None:
        raise RequestError("a rule speaks of customers as they are: give asof now")
    cuts = list(request.cell.cuts)
    for cut in cuts:
        if cut.dimension.name not in known or cut.invert:
            raise RequestError(
                f"no rule says the cut of {cut.dimension.name}{' turned round' if cut.invert else ''}; "
                f"known of {model.name}, as points and sets: {', '.join(known)}"
            )
    traits = [_trait(cut) for cut in cuts if cut.dimension.name not in {"date", "line_kind", "channel"}]
    days = _days([cut for cut in cuts if cut.dimension.name == "date"], today)
    did = _bought(cuts, days) if model.name == "sales" else _contacted(cuts, days)
    return {"all": [*traits, did]}


def _trait(cut: Any) -> Rule:
    name = cut.dimension.name
    if name == "customer":
        places = [_place(path) for path in _paths(cut)]
        return places[0] if len(places) == 1 else {"any": places}
    members = [path[0] for path in _paths(cut)]
    if name == "lifecycle_stage":
        return {"lifecycle": [member.upper() for member in members]}
    trait = TRAITS[name]
    return {"trait": {"name": trait, "in": [m.upper() if trait in LOWERED else m for m in members]}}


def _place(path: Sequence[str]) -> Rule:
    said = [{"trait": {"name": name, "in": [member]}} for name, member in zip(PLACES, path, strict=False)]
    return said[0] if len(said) == 1 else {"all": said}


def _bought(cuts: Sequence[Any], days: Mapping[str, int]) -> Rule:
    kinds = [path for cut in cuts if cut.dimension.name == "line_kind" for path in _paths(cut)]
    if kinds != [["sale"]]:
        raise RequestError("a rule counts orders with a line of the kind sale: cut line_kind by sale")
    return {"orders": {"atLeast": 1, **days}}


def _contacted(cuts: Sequence[Any], days: Mapping[str, int]) -> Rule:
    found = [cut for cut in cuts if cut.dimension.name == "channel"]
    if len(found) > 1:
        raise RequestError("channel is cut several times, which no rule says; say it in one cut")
    paths = [path for cut in found for path in _paths(cut)]
    if any(len(path) < 2 for path in paths):
        raise RequestError("a rule names channels, not groups of them: cut channel by group and channel")
    named = {"channels": [path[1].upper() for path in paths]} if paths else {}
    return {"touchpoints": {"atLeast": 1, **days, **named}}


def _days(cuts: Sequence[Any], today: date) -> Mapping[str, int]:
    """The window up to today; without a cut ever."""
    if not cuts:
        return {}
    cut = cuts[0]
    if len(cuts) > 1 or not isinstance(cut, RangeCut) or not cut.from_path:
        raise _no_window()
    if cut.to_path and list(cut.to_path) != day_path(cut.hierarchy, today):
        raise _no_window()
    first = cut.from_path
    if len(first) != len(cut.hierarchy.levels) or cut.hierarchy.levels[0].role != "year":
        raise _no_window()
    parts = {level.role: member for level, member in zip(cut.hierarchy.levels, first, strict=True)}
    try:
        since = date(parts["year"], parts["month"], parts["day"])
    except (ValueError, TypeError):
        raise _no_window() from None
    if since > today:
        raise _no_window()
    return {"days": (today - since).days + 1}


def _no_window() -> RequestError:
    return RequestError("a rule's window ends today: cut date once, from a day on, e.g. 89daysago-today")


def _paths(cut: Any) -> list[list[Any]]:
    """The members of a point or a set; each of them known."""
    match cut:
        case PointCut(path=path):
            found = [list(path)]
        case SetCut(paths=paths):
            found = [list(path) for path in paths]
        case _:
            raise RequestError(f"no rule says a range of {cut.dimension.name}: name its members")
    if any(not path or None in path or "" in path for path in found):
        raise RequestError(f"no rule says of whom {cut.dimension.name} is unknown: name members alone")
    return found
