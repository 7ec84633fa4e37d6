"""A rule tree out of JSON. Every refusal names the place, what was given and the words that are allowed."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any as Anything

from domain.channels import Channel
from domain.consents.model import ConsentPurpose
from domain.customers.model import ContactPointKind, CustomerKind, Gender, LifecycleStage
from domain.errors import Invalid
from domain.messages import say
from domain.rules import tree
from domain.rules.values import Given
from domain.touchpoints.model import TouchpointKind

MOST_DEPTH = 8
MOST_CONDITIONS = 50


def read_rule(given: object, *path: str | int) -> tree.Rule:
    """The tree that the JSON says. Raises Invalid with the place, outermost first."""
    left = [MOST_CONDITIONS]
    return _rule(given, path, MOST_DEPTH, left)


def _rule(given: object, path: tuple[str | int, ...], depth: int, left: list[int]) -> tree.Rule:
    word, value = _one(given, path)
    path = (*path, word)
    if depth == 0:
        raise Invalid(say("rules lie in each other {most} levels deep at most", most=MOST_DEPTH), *path)
    match word:
        case "all":
            return tree.All(_rules(value, path, depth, left))
        case "any":
            return tree.Any(_rules(value, path, depth, left))
        case "not":
            return tree.Not(_rule(value, path, depth - 1, left))
    left[0] -= 1
    if left[0] < 0:
        raise Invalid(say("a rule has at most {most} conditions", most=MOST_CONDITIONS), *path)
    return _CONDITIONS[word](Given(value, path))


def _one(given: object, path: tuple[str | int, ...]) -> tuple[str, object]:
    """The one word of a node and what it says."""
    known = ", ".join(WORDS)
    if not isinstance(given, Mapping) or len(given) != 1:
        raise Invalid(say("a rule says exactly one thing; allowed: {known}", known=known), *path)
    word, value = next(iter(given.items()))
    if word not in WORDS:
        raise Invalid(
            say("unknown word {given!r}; allowed: {known}", given=str(word)[:40], known=known), *path
        )
    return word, value


def _rules(given: object, path: tuple[str | int, ...], depth: int, left: list[int]) -> tuple[tree.Rule, ...]:
    if not isinstance(given, list) or not given:
        raise Invalid(say("give a list of at least one rule"), *path)
    return tuple(_rule(each, (*path, at), depth - 1, left) for at, each in enumerate(given))


def _trait(given: Given) -> tree.Condition:
    given.only("name", "in")
    name = tree.TraitName(given.word("name", tree.TraitName))
    choices = _CHOICES.get(name)
    return tree.Trait(name, given.texts("in") if choices is None else given.words("in", choices))


_CHOICES: Mapping[tree.TraitName, type[StrEnum]] = {
    tree.TraitName.KIND: CustomerKind,
    tree.TraitName.GENDER: Gender,
    tree.TraitName.ACQUIRED_CHANNEL: Channel,
}


def _age(given: Given) -> tree.Condition:
    given.only("atLeast", "atMost")
    return tree.Age(*given.range("atLeast", "atMost", most=150))


def _attribute(given: Given) -> tree.Condition:
    given.only("name", "in")
    return tree.Attribute(given.text("name"), given.texts("in"))


def _reachable(given: Given) -> tree.Condition:
    return tree.Reachable(given.words(None, ContactPointKind))


def _consented(given: Given) -> tree.Condition:
    return tree.Consented(given.words(None, ConsentPurpose))


def _branches(given: Given) -> tree.Condition:
    return tree.Branches(given.keys("Branch"))


def _stage(given: Given) -> tree.Condition:
    return tree.Stage(given.words(None, LifecycleStage))


def _orders(given: Given) -> tree.Condition:
    given.only("atLeast", "atMost", "days")
    return tree.Orders(*given.range("atLeast", "atMost"), given.days())


def _revenue(given: Given) -> tree.Condition:
    given.only("currency", "atLeast", "below", "days")
    return tree.Revenue(given.text("currency"), *given.amounts("atLeast", "below"), given.days())


def _recency(given: Given) -> tree.Condition:
    given.only("atLeast", "atMost")
    return tree.Recency(*given.range("atLeast", "atMost", most=36_500))


def _bought(given: Given) -> tree.Condition:
    given.only("productId", "categoryId", "atLeast", "days")
    product, category = given.key("productId", "Product"), given.key("categoryId", "Category")
    if (product is None) == (category is None):
        raise Invalid(say("give a product or a category, one of the two"), *given.path)
    least, _ = given.range("atLeast", None, least=1, default=1)
    assert least is not None, "it has a default"
    return tree.Bought(product, category, least, given.days())


def _contacts(given: Given) -> tree.Condition:
    given.only("atLeast", "atMost", "days", "channels", "kinds")
    return tree.Contacts(
        *given.range("atLeast", "atMost"),
        given.days(),
        given.words("channels", Channel, may_be_absent=True),
        given.words("kinds", TouchpointKind, may_be_absent=True),
    )


def _scored(given: Given) -> tree.Condition:
    given.only("scheme", "recency", "frequency", "monetary")
    scores = [given.scores(each) for each in ("recency", "frequency", "monetary")]
    if not any(scores):
        raise Invalid(say("name at least one of recency, frequency and monetary"), *given.path)
    return tree.Scored(given.text("scheme"), *scores)


_CONDITIONS: Mapping[str, Callable[[Given], tree.Condition]] = {
    "trait": _trait,
    "age": _age,
    "attribute": _attribute,
    "contactPoints": _reachable,
    "consents": _consented,
    "homeBranches": _branches,
    "lifecycle": _stage,
    "orders": _orders,
    "revenue": _revenue,
    "recency": _recency,
    "bought": _bought,
    "touchpoints": _contacts,
    "rfm": _scored,
}

WORDS = ("all", "any", "not", *_CONDITIONS)

JsonRule = Mapping[str, Anything]
