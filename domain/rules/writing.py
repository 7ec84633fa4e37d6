"""A rule tree as JSON again, its texts as they were read: what is asked elsewhere, word for word."""

from collections.abc import Mapping
from typing import Any

from domain.rules import tree
from domain.selection import ids


def written(rule: tree.Rule) -> dict[str, Any]:
    """The JSON that `read_rule` reads as this tree."""
    match rule:
        case tree.All(rules):
            return {"all": [written(each) for each in rules]}
        case tree.Any(rules):
            return {"any": [written(each) for each in rules]}
        case tree.Not(inner):
            return {"not": written(inner)}
        case tree.Trait(name, among):
            return {"trait": {"name": name.value, "in": list(among)}}
        case tree.Attribute(name, among):
            return {"attribute": {"name": name, "in": list(among)}}
        case tree.Reachable(among):
            return {"contactPoints": list(among)}
        case tree.Consented(among):
            return {"consents": list(among)}
        case tree.Branches(keys):
            return {"homeBranches": [ids.made("Branch", key) for key in keys]}
        case tree.Stage(among):
            return {"lifecycle": list(among)}
        case tree.Scored(scheme, recency, frequency, monetary):
            scores = {"recency": recency, "frequency": frequency, "monetary": monetary}
            return {"rfm": {"scheme": scheme, **{name: list(each) for name, each in scores.items() if each}}}
    return _behaviour(rule)


def _behaviour(
    rule: tree.Age | tree.Orders | tree.Revenue | tree.Recency | tree.Bought | tree.Contacts,
) -> dict[str, Any]:
    match rule:
        case tree.Age(least, most):
            return {"age": _given(atLeast=least, atMost=most)}
        case tree.Recency(least, most):
            return {"recency": _given(atLeast=least, atMost=most)}
        case tree.Orders(least, most, days):
            return {"orders": _given(atLeast=least, atMost=most, days=days)}
        case tree.Revenue(currency, least_amount, below, days):
            ends = _given(atLeast=least_amount, below=below)
            told = {name: f"{each:f}" for name, each in ends.items()}
            return {"revenue": {"currency": currency, **told, **_given(days=days)}}
        case tree.Bought(product, category, times, days):
            what = {
                "productId": None if product is None else ids.made("Product", product),
                "categoryId": None if category is None else ids.made("Category", category),
            }
            return {"bought": {**_given(**what), "atLeast": times, **_given(days=days)}}
        case tree.Contacts(least, most, days, channels, kinds):
            ends = _given(atLeast=least, atMost=most, days=days)
            named = {"channels": list(channels), "kinds": list(kinds)}
            return {"touchpoints": {**ends, **{name: each for name, each in named.items() if each}}}


def _given(**values: Any) -> Mapping[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
