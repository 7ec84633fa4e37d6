"""Rule trees as the API takes them in: the domain reads them as JSON of the same words."""

from dataclasses import fields
from decimal import Decimal
from enum import Enum
from typing import Any

import strawberry
from strawberry.types.base import get_object_definition
from strawberry.utils.str_converters import to_camel_case

from api.graphql.enums import (
    Channel,
    ConsentPurpose,
    ContactPointKind,
    LifecycleStage,
    SegmentTrait,
    TouchpointKind,
)

_DAYS = "Only the last so many days of the company, today included; ever without."


def _optional(**options: Any) -> Any:
    return strawberry.field(default=None, **options)


def _left_out(**options: Any) -> Any:
    return strawberry.field(default=strawberry.UNSET, **options)


@strawberry.input(description="A trait of the customer is one of these.")
class SegmentTraitRuleInput:
    name: SegmentTrait
    in_: list[str] = strawberry.field(name="in")


@strawberry.input(description="A range of whole numbers with both its ends; give one or both.")
class SegmentRangeRuleInput:
    at_least: int | None = None
    at_most: int | None = None


@strawberry.input(description="A custom attribute, as text, is one of these.")
class SegmentAttributeRuleInput:
    name: str
    in_: list[str] = strawberry.field(name="in")


@strawberry.input(description="How many orders with a line of the kind SALE; give one end or both.")
class SegmentOrdersRuleInput:
    at_least: int | None = None
    at_most: int | None = None
    days: int | None = _optional(description=_DAYS)


@strawberry.input(description="Net revenue in a currency, returns taken off; give one end or both.")
class SegmentRevenueRuleInput:
    currency: str
    at_least: Decimal | None = None
    below: Decimal | None = None
    days: int | None = _optional(description=_DAYS)


@strawberry.input(description="A product, or any of a category or below it, was bought.")
class SegmentBoughtRuleInput:
    product_id: strawberry.ID | None = None
    category_id: strawberry.ID | None = None
    at_least: int | None = _optional(description="In so many orders; 1 without.")
    days: int | None = _optional(description=_DAYS)


@strawberry.input(description="How many touchpoints; give one end or both.")
class SegmentTouchpointsRuleInput:
    at_least: int | None = None
    at_most: int | None = None
    days: int | None = _optional(description=_DAYS)
    channels: list[Channel] | None = _optional(description="Of any of these; of all without.")
    kinds: list[TouchpointKind] | None = _optional(description="Of any of these; of all without.")


@strawberry.input(description="What holds by a scheme of RFM; each score that is named is one of these.")
class SegmentRfmRuleInput:
    scheme: str
    recency: list[int] | None = None
    frequency: list[int] | None = None
    monetary: list[int] | None = None


@strawberry.input(
    one_of=True,
    description="One thing that a rule says of a customer. What is not known of him meets no condition.",
)
class SegmentRuleInput:
    all_: list["SegmentRuleInput"] | None = _left_out(name="all", description="Every one of these holds.")
    any_: list["SegmentRuleInput"] | None = _left_out(name="any", description="At least one of these holds.")
    not_: "SegmentRuleInput | None" = _left_out(name="not", description="This does not hold.")
    trait: SegmentTraitRuleInput | None = strawberry.UNSET
    age: SegmentRangeRuleInput | None = _left_out(description="In years completed.")
    attribute: SegmentAttributeRuleInput | None = strawberry.UNSET
    contact_points: list[ContactPointKind] | None = _left_out(
        description="There is a contact point of one of these kinds."
    )
    consents: list[ConsentPurpose] | None = _left_out(
        description="The latest word on one of these purposes, for any channel, gives it."
    )
    lifecycle: list[LifecycleStage] | None = strawberry.UNSET
    home_branches: list[strawberry.ID] | None = strawberry.UNSET
    orders: SegmentOrdersRuleInput | None = strawberry.UNSET
    revenue: SegmentRevenueRuleInput | None = strawberry.UNSET
    recency: SegmentRangeRuleInput | None = _left_out(
        description="Days since the last order, 0 today; who never ordered meets none."
    )
    bought: SegmentBoughtRuleInput | None = strawberry.UNSET
    touchpoints: SegmentTouchpointsRuleInput | None = strawberry.UNSET
    rfm: SegmentRfmRuleInput | None = strawberry.UNSET


def as_json(given: Any) -> Any:
    """The input as JSON, under the names of the schema; what was not given is left out."""
    match given:
        case list():
            return [as_json(each) for each in given]
        case Enum():
            return given.value
        case Decimal():
            return str(given)
    if not hasattr(given, "__strawberry_definition__"):
        return given
    names = {
        each.python_name: each.graphql_name for each in get_object_definition(type(given), strict=True).fields
    }
    found = {
        names[field.name] or to_camel_case(field.name): getattr(given, field.name) for field in fields(given)
    }
    return {
        name: as_json(each)
        for name, each in found.items()
        if each is not None and each is not strawberry.UNSET
    }
