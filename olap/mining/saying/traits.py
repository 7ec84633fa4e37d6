"""What the customers of a cell are, as rules."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from olap.mining.saying.members import NotSayable, Path, flat, given, large, paths_of, short
from olap.mining.saying.names import Names, key_of

Rule = Mapping[str, Any]

PLACES = ("COUNTRY", "REGION", "DISTRICT")
YOUNGEST, OLDEST = "0-19", "70+"
BAND = re.compile("[2-6]0-[2-6]9")
CELL = re.compile("[1-5]{3}")
SCORES = ("recency", "frequency", "monetary")


def _any(rules: Sequence[Rule]) -> Rule:
    return rules[0] if len(rules) == 1 else {"any": list(rules)}


def _place(cut: Any, names: Names) -> Rule:
    return _any([_lives(path) for path in paths_of(cut)])


def _lives(path: Path) -> Rule:
    said = [{"trait": {"name": name, "in": [member]}} for name, member in zip(PLACES, path, strict=False)]
    return said[0] if len(said) == 1 else {"all": said}


def _trait(name: str, members: Callable[[Any], list[Any]], cut: Any, names: Names) -> Rule:
    return {"trait": {"name": name, "in": members(cut)}}


def _stage(cut: Any, names: Names) -> Rule:
    return {"lifecycle": large(cut)}


def _ages(cut: Any, names: Names) -> Rule:
    return _any([{"age": _band(band)} for band in flat(cut)])


def _band(band: str) -> Rule:
    """The years of a band as the star draws them. Raises NotSayable for another one."""
    if band == YOUNGEST:
        return {"atMost": 19}
    if band == OLDEST:
        return {"atLeast": 70}
    if not BAND.fullmatch(band) or band[0] != band[3]:
        raise NotSayable(f"there is no age_band {band[:40]!r}; bands go from {YOUNGEST}, 20-29 to {OLDEST}")
    return {"atLeast": int(band[:2]), "atMost": int(band[3:])}


def _yes(met: Rule, cut: Any, names: Names) -> Rule:
    """Of every customer one of the two is known, so that a cut turned round says the other one."""
    found = set(flat(cut))
    if not found <= {"yes", "no"}:
        raise NotSayable(f"{cut.dimension.name} is yes or no")
    if cut.invert:
        found = {"yes", "no"} - found
    if len(found) != 1:
        raise NotSayable(f"{cut.dimension.name} is cut by everybody or by nobody: name yes or no")
    return met if found == {"yes"} else {"not": met}


def _home(cut: Any, names: Names) -> Rule:
    paths = given(cut)
    if any(len(path) < 2 for path in paths):
        raise NotSayable("a rule names branches, not their regions: cut home_branch by region and branch")
    return {"homeBranches": [key_of(names.branches, path, "home_branch") for path in paths]}


def _cell(cut: Any, names: Names) -> Rule:
    return _any([{"rfm": {"scheme": names.scheme, **_scores(cell)}} for cell in flat(cut)])


def _scores(cell: str) -> Rule:
    if not CELL.fullmatch(cell):
        raise NotSayable(f"there is no rfm_cell {cell[:40]!r}: three scores of 1 to 5, e.g. 332")
    return {name: [int(digit)] for name, digit in zip(SCORES, cell, strict=True)}


def _score(name: str, cut: Any, names: Names) -> Rule:
    return {"rfm": {"scheme": names.scheme, name: flat(cut)}}


def _attribute(at: int, cut: Any, names: Names) -> Rule:
    paths = paths_of(cut)
    name = names.attributes[at] if at < len(names.attributes) else None
    for path in paths:
        if len(path) < 2 or path[0] != name:
            called = f"{name!r} and a value" if name is not None else "nothing: no attribute has its place"
            raise NotSayable(f"no rule says {cut.dimension.name} {short(path)!r}; it is cut by {called}")
    return {"attribute": {"name": name, "in": [value for _, value in paths]}}


CONSENTS = ("marketing", "night_marketing", "personalisation", "survey", "third_party")

EITHER: Mapping[str, Rule] = {
    **{f"consent_{purpose}": {"consents": [purpose.upper()]} for purpose in CONSENTS},
    **{f"has_{kind}": {"contactPoints": [kind.upper()]} for kind in ("email", "phone")},
}
"""Dimensions of yes and no, and what yes says."""

TRAITS: Mapping[str, Callable[[Any, Names], Rule]] = {
    "customer": _place,
    "gender": partial(_trait, "GENDER", large),
    "occupation": partial(_trait, "OCCUPATION", flat),
    "wealth_band": partial(_trait, "WEALTH_BAND", flat),
    "acquired_channel": partial(_trait, "ACQUIRED_CHANNEL", large),
    "customer_kind": partial(_trait, "KIND", large),
    "age_band": _ages,
    "lifecycle_stage": _stage,
    "home_branch": _home,
    **{name: partial(_yes, met) for name, met in EITHER.items()},
    "rfm_cell": _cell,
    **{f"rfm_{name}": partial(_score, name) for name in SCORES},
    **{f"attribute_{at + 1}": partial(_attribute, at) for at in range(10)},
}
"""Of each dimension of customers that a rule can speak of, how it says a cut."""
