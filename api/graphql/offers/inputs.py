"""What is told about offers and grants that are made or changed."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime

import strawberry
from strawberry import Maybe

from api.graphql.enums import CustomerKind, GrantState, LifecycleStage, OfferKind, RuleKind
from api.graphql.inputs import key, key_at, money, said
from api.graphql.money import MoneyInput
from domain.offers.audience import Audience
from domain.offers.rules import Rule
from domain.offers.terms import OfferTerms


@strawberry.input(description="Years of age, both ends included; one of them may be left out.")
class AgeRangeInput:
    min: int | None = strawberry.UNSET
    max: int | None = strawberry.UNSET


@strawberry.input(
    description="A custom attribute with one of these values, written as they are given to customers."
)
class AttributeRuleInput:
    name: str
    among: list[str]


@strawberry.input(one_of=True, description="One thing that can be said of a customer.")
class OfferRuleInput:
    customer_kinds: list[CustomerKind] | None = strawberry.UNSET
    lifecycle_stages: list[LifecycleStage] | None = strawberry.UNSET
    regions: list[str] | None = strawberry.UNSET
    age: AgeRangeInput | None = strawberry.UNSET
    attribute: AttributeRuleInput | None = strawberry.UNSET
    bought_product_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Bought, unless all of it went back."
    )
    bought_category_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="A product in it or below it was bought, and kept."
    )


@strawberry.input
class OfferInput:
    """What may be told when an offer is created and when it is changed. Its amounts are in one currency."""

    product_id: Maybe[strawberry.ID | None] = strawberry.field(
        description="The product that it recommends or gives."
    )
    category_id: Maybe[strawberry.ID | None] = strawberry.field(
        description="For a core offer without a product: it recommends the best product of this category."
    )
    value: Maybe[MoneyInput | None] = strawberry.field(description="What it is worth to the customer.")
    cost: Maybe[MoneyInput | None] = strawberry.field(description="What it costs the company.")
    valid_from: Maybe[datetime | None] = strawberry.field(description="Now, unless another time is given.")
    valid_to: Maybe[datetime | None] = strawberry.field(
        description="The first moment at which it is not valid."
    )
    quantity_limit: Maybe[int | None] = strawberry.field(description="How many may be granted in all.")
    agent_grantable: Maybe[bool | None] = strawberry.field(description="Whether agents may grant it.")
    agent_monthly_budget: Maybe[MoneyInput | None] = strawberry.field(
        description="What one agent may grant in a month, counted by its cost or else its value."
    )
    eligibility: Maybe[list[OfferRuleInput] | None] = strawberry.field(
        description="Rules that a customer must all meet. Replaces the whole list, of up to 20."
    )
    exclusions: Maybe[list[OfferRuleInput] | None] = strawberry.field(
        description="Rules of which a customer must meet none. Replaces the whole list, of up to 20."
    )
    excluded_customer_ids: Maybe[list[strawberry.ID] | None] = strawberry.field(
        description="Who is not granted it, whatever the rules say. Replaces the whole list, of up to 1,000."
    )


@strawberry.input(description="A new offer.")
class CreateOfferInput(OfferInput):
    code: str = strawberry.field(description="Unique, and never changed.")
    name: str
    kind: OfferKind


@strawberry.input(description="A change of an offer: what is absent is left as it is, null clears.")
class UpdateOfferInput(OfferInput):
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    name: Maybe[str | None]
    kind: Maybe[OfferKind | None]


@strawberry.input(description="An offer to be granted to a customer.")
class GrantOfferInput:
    offer_id: strawberry.ID
    customer_id: strawberry.ID
    reason: Maybe[str | None] = strawberry.field(description="Why this offer was chosen for this customer.")
    code: Maybe[str | None] = strawberry.field(description="What the customer shows to redeem it; unique.")


@strawberry.input(description="An offer to be granted to several customers, 1 to 1,000 a call.")
class GrantOffersInput:
    offer_id: strawberry.ID
    customer_ids: list[strawberry.ID]
    reason: Maybe[str | None] = strawberry.field(description="Why this offer was chosen for these customers.")


@strawberry.input(description="What became of a grant. States move one way.")
class MoveOfferGrantInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    state: GrantState
    order_id: Maybe[strawberry.ID | None] = strawberry.field(description="The order that redeemed it.")


def terms(input: OfferInput) -> OfferTerms:
    """The terms for the domain. Raises Invalid for an id of another type."""
    told = said(
        input,
        product_id=key_at("Product", "product_id"),
        category_id=key_at("Category", "category_id"),
        value=money,
        cost=money,
        agent_monthly_budget=money,
    )
    found: OfferTerms = {name: told[name] for name in told if name in OfferTerms.__annotations__}  # type: ignore[assignment]  # its own keys
    return found


def audience(input: OfferInput) -> Audience:
    """For whom the offer is, for the domain. Raises Invalid for an id of another type."""
    told = said(
        input,
        eligibility=lambda given: _rules(given, "eligibility"),
        exclusions=lambda given: _rules(given, "exclusions"),
        excluded_customer_ids=_customers,
    )
    found: Audience = {name: told[name] for name in told if name in Audience.__annotations__}  # type: ignore[assignment]  # its own keys
    return found


def _customers(given: Sequence[str]) -> list[int]:
    return [key(each, "Customer", "excluded_customer_ids", place) for place, each in enumerate(given)]


def _rules(given: Sequence[OfferRuleInput], place: str) -> list[Rule]:
    return [_rule(each, place, at) for at, each in enumerate(given)]


def _rule(given: OfferRuleInput, *path: str | int) -> Rule:
    """The one thing that the rule says: of its fields exactly one is given, held by @oneOf."""
    told = next(field.name for field in fields(given) if _is_given(getattr(given, field.name)))
    value = getattr(given, told)
    match told:
        case "customer_kinds":
            return Rule(kind=RuleKind.CUSTOMER_KIND, among=tuple(each.value for each in value))
        case "lifecycle_stages":
            return Rule(kind=RuleKind.LIFECYCLE_STAGE, among=tuple(each.value for each in value))
        case "regions":
            return Rule(kind=RuleKind.REGION, among=tuple(value))
        case "age":
            return Rule(kind=RuleKind.AGE, min_age=_age(value.min), max_age=_age(value.max))
        case "attribute":
            return Rule(kind=RuleKind.ATTRIBUTE, attribute=value.name, among=tuple(value.among))
        case "bought_product_id":
            return Rule(kind=RuleKind.BOUGHT_PRODUCT, product_id=key(value, "Product", *path, told))
        case _:
            return Rule(kind=RuleKind.BOUGHT_CATEGORY, category_id=key(value, "Category", *path, told))


def _age(given: int | None) -> int | None:
    return given if _is_given(given) else None


def _is_given(value: object) -> bool:
    return value is not None and value is not strawberry.UNSET
