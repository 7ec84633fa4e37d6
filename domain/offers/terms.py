"""The terms of an offer: what may be said about one, and what of it is allowed."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict

from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows, text
from domain.company.currencies import UnknownCurrency, scales
from domain.errors import Invalid
from domain.money import amount
from domain.offers.tree import OfferKind
from domain.products.model import Product


class OfferTerms(TypedDict, total=False):
    """A key that is absent leaves the value as it is, None clears it. Amounts are in `currency`.

    `agent_monthly_budget` is what one agent may grant of this offer in a month, counted by its cost or else its value.
    """

    kind: OfferKind
    name: str
    product_id: int | None
    value: Decimal | None
    cost: Decimal | None
    currency: str | None
    valid_from: datetime
    valid_to: datetime | None
    quantity_limit: int | None
    agent_grantable: bool
    agent_monthly_budget: Decimal | None


AMOUNTS = ("value", "cost", "agent_monthly_budget")

_NEVER_CLEARED = ("kind", "name", "valid_from", "agent_grantable")

LARGEST_QUANTITY = 2**31 - 1


async def checked(session: AsyncSession, given: OfferTerms, *, standing: Mapping[str, Any]) -> dict[str, Any]:
    """The columns to write, so that the offer is allowed as a whole; `standing` is what it says already.

    Raises Invalid. At most two statements.
    """
    for key in _NEVER_CLEARED:
        if key in given and given.get(key) is None:
            raise Invalid(f"{key} cannot be cleared: every offer has one", key)
    found: dict[str, Any] = dict(given)
    if "name" in found:
        found["name"] = text.name(found["name"], "name")
    terms = {**standing, **found}
    _check_validity(terms)
    _check_quantity(terms)
    if given.get("product_id") is not None and not await rows.known(
        session, Product.id, {found["product_id"]}
    ):
        raise Invalid("there is no such product", "product_id")
    return {**found, **await _amounts(session, terms)}


def _check_validity(terms: Mapping[str, Any]) -> None:
    start, end = terms.get("valid_from"), terms.get("valid_to")
    if start is not None and end is not None and end <= start:
        raise Invalid(f"valid_to {end.isoformat()} is not after valid_from {start.isoformat()}", "valid_to")


def _check_quantity(terms: Mapping[str, Any]) -> None:
    limit = terms.get("quantity_limit")
    if limit is not None and not 1 <= limit <= LARGEST_QUANTITY:
        raise Invalid(f"quantity_limit is {limit}; allowed: 1 to {LARGEST_QUANTITY}", "quantity_limit")


async def _amounts(session: AsyncSession, terms: Mapping[str, Any]) -> dict[str, Decimal]:
    """The amounts at the scale of the currency, which may be the one that changed."""
    amounts = {name: terms[name] for name in AMOUNTS if terms.get(name) is not None}
    currency = terms.get("currency")
    if amounts and currency is None:
        raise Invalid(f"currency is missing: {', '.join(amounts)} would have none", "currency")
    if currency is None:
        return {}
    scale = (await scales(session, {currency})).get(currency)
    if scale is None:
        raise UnknownCurrency(currency, "currency")
    if "agent_monthly_budget" in amounts and amounts.keys().isdisjoint({"value", "cost"}):
        raise Invalid("a budget needs a cost or a value that counts towards it", "agent_monthly_budget")
    return {name: amount(given, name, currency=currency, scale=scale) for name, given in amounts.items()}
