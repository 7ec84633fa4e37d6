"""The terms of an offer: what may be said about one, and what of it is allowed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows, text
from domain.company.currencies import scales
from domain.errors import Invalid
from domain.messages import say
from domain.money import Money, amount
from domain.offers.tree import OfferKind
from domain.products.model import Category, Product


class OfferTerms(TypedDict, total=False):
    """A key that is absent leaves the value as it is, None clears it. Amounts are in one currency.

    `agent_monthly_budget` is what one agent may grant of this offer in a month, counted by its cost or else its value.
    """

    kind: OfferKind
    name: str
    product_id: int | None
    category_id: int | None
    value: Money | None
    cost: Money | None
    valid_from: datetime
    valid_to: datetime | None
    quantity_limit: int | None
    agent_grantable: bool
    agent_monthly_budget: Money | None


AMOUNTS = ("value", "cost", "agent_monthly_budget")

_NEVER_CLEARED = ("kind", "name", "valid_from", "agent_grantable")

LARGEST_QUANTITY = 2**31 - 1


async def checked(session: AsyncSession, given: OfferTerms, *, standing: Mapping[str, Any]) -> dict[str, Any]:
    """The columns to write, so that the offer is allowed as a whole; `standing` is what it says already.

    Raises Invalid. At most two statements.
    """
    for key in _NEVER_CLEARED:
        if key in given and given.get(key) is None:
            raise Invalid(say("{key} cannot be cleared: every offer has one", key=key), key)
    found: dict[str, Any] = {key: value for key, value in given.items() if key not in AMOUNTS}
    if "name" in found:
        found["name"] = text.name(found["name"], "name")
    found |= await _amounts(session, given, standing)
    terms = {**standing, **found}
    _check_validity(terms)
    _check_quantity(terms)
    _check_recommended(terms)
    await _check_known(session, given)
    return found


def _check_recommended(terms: Mapping[str, Any]) -> None:
    if terms.get("category_id") is None:
        return
    if terms.get("product_id") is not None:
        raise Invalid(
            say("an offer is for a product or for the best product of a category, not both"), "category_id"
        )
    if terms.get("kind") != OfferKind.CORE:
        raise Invalid(
            say("only an offer of the kind CORE is for the best product of a category"), "category_id"
        )


async def _check_known(session: AsyncSession, given: OfferTerms) -> None:
    product_id, category_id = given.get("product_id"), given.get("category_id")
    if product_id is not None and not await rows.known(session, Product.id, {product_id}):
        raise Invalid(say("there is no such product"), "product_id")
    if category_id is not None and not await rows.known(session, Category.id, {category_id}):
        raise Invalid(say("there is no such category"), "category_id")


def _check_validity(terms: Mapping[str, Any]) -> None:
    start, end = terms.get("valid_from"), terms.get("valid_to")
    if start is not None and end is not None and end <= start:
        raise Invalid(
            say(
                "valid_to {end} is not after valid_from {start}", end=end.isoformat(), start=start.isoformat()
            ),
            "valid_to",
        )


def _check_quantity(terms: Mapping[str, Any]) -> None:
    limit = terms.get("quantity_limit")
    if limit is not None and not 1 <= limit <= LARGEST_QUANTITY:
        raise Invalid(
            say("quantity_limit is {limit}; allowed: 1 to {most}", limit=limit, most=LARGEST_QUANTITY),
            "quantity_limit",
        )


async def _amounts(session: AsyncSession, given: OfferTerms, standing: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of the amounts that are given, at the scale of their currency, and the currency if one is."""
    columns: dict[str, Any] = {name: None for name in AMOUNTS if name in given}
    money: dict[str, Money] = {name: given[name] for name in AMOUNTS if given.get(name) is not None}  # type: ignore[literal-required]  # the names in AMOUNTS are keys
    known = await scales(session, {each.currency for each in money.values()})
    columns |= {name: amount(each, name, scales=known) for name, each in money.items()}
    for name, each in money.items():
        _check_currency(name, each.currency, money, standing, given)
        columns["currency"] = each.currency
    terms = {**standing, **columns}
    if terms.get("agent_monthly_budget") is not None and terms.get("value") is terms.get("cost") is None:
        raise Invalid(say("a budget needs a cost or a value that counts towards it"), "agent_monthly_budget")
    return columns


def _check_currency(
    name: str, currency: str, money: Mapping[str, Money], standing: Mapping[str, Any], given: OfferTerms
) -> None:
    """The other amounts, told or standing, are in this currency too."""
    others = {
        other: standing.get("currency")
        for other in AMOUNTS
        if other not in given and standing.get(other) is not None
    } | {other: each.currency for other, each in money.items()}
    for other, its in others.items():
        if its != currency:
            raise Invalid(
                say(
                    "the amounts of an offer are in one currency: {name} is in {currency}, {other} in {its}",
                    name=name,
                    currency=currency,
                    other=other,
                    its=its,
                ),
                name,
                "currency",
            )
