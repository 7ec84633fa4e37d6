"""Which customers may be given an offer: its rules, asked of any number of customers at once."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Text,
    and_,
    any_,
    cast,
    exists,
    extract,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows
from domain.company.model import Company
from domain.customers.attribute_model import CustomerAttributeValue
from domain.customers.model import Customer
from domain.errors import Conflict
from domain.offers.errors import CustomerExcluded, NotEligible
from domain.offers.rule_model import ExcludedCustomer, RuleKind
from domain.offers.rules import Rule, rules_of
from domain.orders.model import LineKind, Order, OrderLine
from domain.products.model import CategoryPath, Product

_customer = Customer.__table__


async def refusals(
    session: AsyncSession, offer_id: int, code: str, keys: Collection[int], *, now: datetime
) -> Mapping[int, Conflict]:
    """Why the offer is not for each of those customers for whom it is not, by key. Three statements, however many.

    What is not known of a customer meets no rule: it neither makes him eligible nor excludes him. Ages are of the
    company's day at `now`.
    """
    required = await rules_of(session, offer_id, excludes=False)
    excluding = await rules_of(session, offer_id, excludes=True)
    named = exists().where(
        ExcludedCustomer.offer_id == offer_id, ExcludedCustomer.customer_id == _customer.c.id
    )
    asked = [named, *(_holds(rule, now) for rule in (*required, *excluding))]
    found = await session.execute(
        select(_customer.c.id, *(func.coalesce(each, literal(False, Boolean())) for each in asked)).where(
            rows.among(Customer.id, keys)
        )
    )
    told = {row[0]: _refusal(code, row[1], row[2:], required, excluding) for row in found}
    return {key: error for key, error in told.items() if error is not None}


def _refusal(
    code: str, named: bool, held: Sequence[bool], required: Sequence[Rule], excluding: Sequence[Rule]
) -> Conflict | None:
    if named:
        return CustomerExcluded(code)
    for rule, holds in zip(required, held[: len(required)], strict=True):
        if not holds:
            return NotEligible(code, rule.words)
    for rule, holds in zip(excluding, held[len(required) :], strict=True):
        if holds:
            return CustomerExcluded(code, rule.words)
    return None


def _holds(rule: Rule, now: datetime) -> ColumnElement[Any]:
    match rule.kind:
        case RuleKind.CUSTOMER_KIND:
            return _customer.c.kind == _any(rule)
        case RuleKind.LIFECYCLE_STAGE:
            return _customer.c.lifecycle_stage == _any(rule)
        case RuleKind.REGION:
            return _customer.c.region == _any(rule)
        case RuleKind.AGE:
            return _is_aged(rule, now)
        case RuleKind.ATTRIBUTE:
            return _has_attribute(rule)
        case RuleKind.BOUGHT_PRODUCT:
            return _bought(Product.id == rule.product_id)
        case RuleKind.BOUGHT_CATEGORY:
            below = select(CategoryPath.category_id).where(CategoryPath.ancestor_id == rule.category_id)
            return _bought(Product.category_id.in_(below))


def _any(rule: Rule) -> ColumnElement[Any]:
    return any_(literal(list(rule.among), ARRAY(Text())))


def _is_aged(rule: Rule, now: datetime) -> ColumnElement[bool]:
    zone = select(Company.time_zone).scalar_subquery()
    today = cast(func.timezone(zone, literal(now, DateTime(timezone=True))), Date())
    years = cast(extract("year", func.age(today, _customer.c.birth_on)), Integer())
    ends = []
    if rule.min_age is not None:
        ends.append(years >= rule.min_age)
    if rule.max_age is not None:
        ends.append(years <= rule.max_age)
    return and_(*ends)


def _has_attribute(rule: Rule) -> ColumnElement[bool]:
    """Compared as text; a number without the zeros that its column puts behind it."""
    value = CustomerAttributeValue
    as_text = func.coalesce(
        value.text_value,
        cast(func.trim_scale(value.number_value), Text()),
        cast(value.boolean_value, Text()),
        cast(value.date_value, Text()),
    )
    return exists().where(
        value.customer_id == _customer.c.id, value.attribute == rule.attribute, as_text == _any(rule)
    )


def _bought(what: ColumnElement[bool]) -> ColumnElement[bool]:
    """More of one such product was bought than went back."""
    kept = (
        select(OrderLine.product_id)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Product, Product.id == OrderLine.product_id)
        .where(Order.customer_id == _customer.c.id, OrderLine.kind != LineKind.ADJUSTMENT, what)
        .group_by(OrderLine.product_id)
        .having(func.sum(OrderLine.quantity) > literal(0, BigInteger()))
    )
    return kept.correlate(_customer).exists()
