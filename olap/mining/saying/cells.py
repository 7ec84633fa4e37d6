"""The rule of a cell."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from olap.mining.saying.deeds import bought, contacted
from olap.mining.saying.members import NotSayable, flat
from olap.mining.saying.names import Names, Wanted, wanted
from olap.mining.saying.standing import stands
from olap.mining.saying.traits import EITHER, TRAITS, Rule
from olap.request import FactsRequest
from olap.vocabulary import CubeModel

KNOWN = "known"
"""Whose facts name a customer: all whom a rule can find."""

_OWN: Mapping[str, tuple[str, ...]] = {
    "sales": ("line_kind", "product", "date"),
    "touchpoints": ("channel", "kind", "date"),
    "customers": ("month_ended", "date"),
}
"""Of each cube whose cells a rule can say the dimensions of facts that it can speak of, beside those of customers."""

_DID: Mapping[str, Callable[[Sequence[Any], Names, date], list[Rule]]] = {
    "sales": bought,
    "touchpoints": contacted,
    "customers": stands,
}
"""What a fact in the cell says of its customer, besides what he is."""


def names_of(model: CubeModel, request: FactsRequest) -> Wanted:
    """What must be looked up before the cell can be said. Raises NotSayable for a cell that no rule says."""
    _check(model, request)
    return wanted(request.cell.cuts)


def rule_of(model: CubeModel, request: FactsRequest, names: Names, today: date) -> Rule:
    """The rule that the customers of the cell meet, and no others. Raises NotSayable that names what no rule says."""
    _check(model, request)
    cuts = list(request.cell.cuts)
    traits = [TRAITS[cut.dimension.name](cut, names) for cut in cuts if cut.dimension.name in TRAITS]
    said = [*traits, *_DID[model.name](cuts, names, today)]
    if not said:
        raise NotSayable(f"every customer is in the cell: cut what customers are: {', '.join(_listed())}")
    return {"all": said}


def _check(model: CubeModel, request: FactsRequest) -> None:
    own = _OWN.get(model.name)
    if own is None:
        raise NotSayable(f"no rule says a cell of the cube {model.name}; known: {', '.join(_OWN)}")
    if request.traits is None or request.traits.moment is not None:
        raise NotSayable("a rule speaks of customers as they are: give asof now")
    for cut in request.cell.cuts:
        name = cut.dimension.name
        if cut.invert and name not in EITHER:
            raise NotSayable(
                f"no rule says the cut of {name} turned round, which leaves out whoever is unknown: name the members"
            )
        if name == KNOWN and flat(cut) != ["yes"]:
            raise NotSayable("a rule finds customers who are known: cut known by yes")
        if name not in {*own, *TRAITS, KNOWN}:
            raise NotSayable(
                f"no rule says the cut of {name}; known of {model.name}: {', '.join((*own, *_listed()))}"
            )


def _listed() -> list[str]:
    """The dimensions of customers, the ten of attributes as one word."""
    return [*(name for name in TRAITS if not name.startswith("attribute_")), "attribute_1 to attribute_10"]
