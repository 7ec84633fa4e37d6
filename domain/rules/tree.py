"""A rule tree: nodes that join others, and conditions on one customer. What is not known meets no condition."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class TraitName(StrEnum):
    """Traits of a customer that are text."""

    KIND = "KIND"
    GENDER = "GENDER"
    COUNTRY = "COUNTRY"
    REGION = "REGION"
    DISTRICT = "DISTRICT"
    OCCUPATION = "OCCUPATION"
    WEALTH_BAND = "WEALTH_BAND"
    ACQUIRED_CHANNEL = "ACQUIRED_CHANNEL"


@dataclass(frozen=True)
class All:
    """Every rule holds."""

    rules: "tuple[Rule, ...]"


@dataclass(frozen=True)
class Any:
    """At least one rule holds."""

    rules: "tuple[Rule, ...]"


@dataclass(frozen=True)
class Not:
    """The rule does not hold."""

    rule: "Rule"


@dataclass(frozen=True)
class Trait:
    """The trait is one of these."""

    name: TraitName
    among: tuple[str, ...]


@dataclass(frozen=True)
class Age:
    """Years completed today, both ends included."""

    at_least: int | None
    at_most: int | None


@dataclass(frozen=True)
class Attribute:
    """The custom attribute, as text, is one of these."""

    name: str
    among: tuple[str, ...]


@dataclass(frozen=True)
class Reachable:
    """There is a contact point of one of these kinds."""

    among: tuple[str, ...]


@dataclass(frozen=True)
class Consented:
    """One of these purposes is consented to: by the latest word on it, for any channel."""

    among: tuple[str, ...]


@dataclass(frozen=True)
class Branches:
    """The home branch is one of these."""

    keys: tuple[int, ...]


@dataclass(frozen=True)
class Stage:
    """The lifecycle stage is one of these."""

    among: tuple[str, ...]


@dataclass(frozen=True)
class Orders:
    """So many orders with a line of the kind SALE, in the last `days` or ever."""

    at_least: int | None
    at_most: int | None
    days: int | None


@dataclass(frozen=True)
class Revenue:
    """The net revenue in a currency, returns taken off, in the last `days` or ever; of nothing bought it is 0."""

    currency: str
    at_least: Decimal | None
    below: Decimal | None
    days: int | None


@dataclass(frozen=True)
class Recency:
    """Days since the last order, 0 today. Who never ordered meets none."""

    at_least: int | None
    at_most: int | None


@dataclass(frozen=True)
class Bought:
    """A line of the kind SALE of the product, or of one of the category or below it, in so many orders or more."""

    product_id: int | None
    category_id: int | None
    at_least: int
    days: int | None


@dataclass(frozen=True)
class Contacts:
    """So many touchpoints, of these channels and kinds where any are named, in the last `days` or ever."""

    at_least: int | None
    at_most: int | None
    days: int | None
    channels: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Scored:
    """What holds by the scheme of RFM: each score that is named is one of these."""

    scheme: str
    recency: tuple[int, ...]
    frequency: tuple[int, ...]
    monetary: tuple[int, ...]


Condition = (
    Trait
    | Age
    | Attribute
    | Reachable
    | Consented
    | Branches
    | Stage
    | Orders
    | Revenue
    | Recency
    | Bought
    | Contacts
    | Scored
)
Rule = All | Any | Not | Condition
