"""A segment's rule over the star: which customers meet it, in one plan of the engine.

The rule is the JSON that the domain has checked and kept (domain/rules says its words); a property test holds this
equal to what the domain finds on Postgres. The star knows days, no times: windows are of company days in both. What it
does not hold (ages in years, branches of the category tree by id, scores) raises NotInStar, and is asked of Postgres.
Customers who were erased are still in the star, without traits: whoever writes members leaves them out.
"""

import base64
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Numeric,
    Select,
    Text,
    and_,
    cast,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)

from olap import star
from olap.errors import CubeError

_LOWERED = frozenset({"KIND", "GENDER", "ACQUIRED_CHANNEL"})
"""Words that the star writes small."""

_customer = star.customer
_touchpoints = star.table_of("touchpoints")


class NotInStar(CubeError):
    """The rule asks for what the star does not hold."""


def members(rule: Mapping[str, Any], today: date) -> Select[Any]:
    """The customers who meet the rule on the company's day of today, each once, as the column customer_id.

    Raises NotInStar.
    """
    asked = _Asked(today)
    holds = asked.holds(rule)
    return (
        select(_customer.c.customer_id)
        .select_from(asked.joined)
        .where(_customer.c.is_current, _customer.c.customer_id != 0, holds)
    )


@dataclass
class _Asked:
    """The join that a rule needs, growing as its conditions are met."""

    today: date

    def __post_init__(self) -> None:
        self.joined: FromClause = _customer
        self._known: dict[Hashable, FromClause] = {}

    def holds(self, rule: Mapping[str, Any]) -> ColumnElement[bool]:
        ((word, value),) = rule.items()
        match word:
            case "all":
                return and_(true(), *map(self.holds, value))
            case "any":
                return or_(false(), *map(self.holds, value))
            case "not":
                return not_(self.holds(value))
        # What is not known meets no condition, and so meets its negation.
        return func.coalesce(self._condition(word, value), literal(False, Boolean()))

    def _condition(self, word: str, value: Any) -> ColumnElement[bool]:
        match word:
            case "trait":
                small = value["name"] in _LOWERED
                among = [each.lower() if small else each for each in value["in"]]
                trait: ColumnElement[Any] = _customer.c[value["name"].lower()]
                return trait.in_(among)
            case "lifecycle":
                return _customer.c.lifecycle_stage.in_([each.lower() for each in value])
            case "homeBranches":
                return _customer.c.home_branch_id.in_([_key(each) for each in value])
            case "orders":
                return _between(self._orders(value.get("days")), value)
            case "revenue":
                return self._revenue(value)
            case "recency":
                last = self._join(_last_day(self.today), "last").c.value
                return _between(literal(self.today, Date()) - last, value)
            case "bought" if "productId" in value:
                return _between(self._bought(value), {"atLeast": value.get("atLeast", 1)})
            case "touchpoints":
                return _between(self._contacts(value), value)
        raise NotInStar(f"the star cannot tell {word!r}")

    def _value(self, counted: Select[Any], *key: Hashable) -> ColumnElement[Any]:
        return func.coalesce(self._join(counted, *key).c.value, 0)

    def _join(self, counted: Select[Any], *key: Hashable) -> FromClause:
        if key not in self._known:
            table = self._known[key] = counted.subquery()
            self.joined = self.joined.outerjoin(table, table.c.customer_id == _customer.c.customer_id)
        return self._known[key]

    def _orders(self, days: int | None) -> ColumnElement[Any]:
        counted = _sales(self.today, days, func.count(star.sales.c.order_id.distinct()), "sale")
        return self._value(counted, "orders", days)

    def _bought(self, value: Mapping[str, Any]) -> ColumnElement[Any]:
        counted = _sales(
            self.today, value.get("days"), func.count(star.sales.c.order_id.distinct()), "sale"
        ).join(star.product, star.product.c.product_key == star.sales.c.product_key)
        counted = counted.where(star.product.c.product_id == _key(value["productId"]))
        return self._value(counted, "bought", value["productId"], value.get("days"))

    def _revenue(self, value: Mapping[str, Any]) -> ColumnElement[bool]:
        code, days = value["currency"], value.get("days")
        counted = _sales(self.today, days, func.sum(star.sales.c.net_revenue), None).join(
            star.currency, star.currency.c.currency_key == star.sales.c.currency_key
        )
        amount = self._value(counted.where(star.currency.c.code == code), "revenue", code, days)
        ends = []
        if "atLeast" in value:
            ends.append(amount >= cast(literal(value["atLeast"], Text()), Numeric(19, 4)))
        if "below" in value:
            ends.append(amount < cast(literal(value["below"], Text()), Numeric(19, 4)))
        return and_(*ends)

    def _contacts(self, value: Mapping[str, Any]) -> ColumnElement[Any]:
        days = value.get("days")
        channels, kinds = tuple(value.get("channels", ())), tuple(value.get("kinds", ()))
        counted = _within(_touchpoints, self.today, days, func.count())
        if channels:
            counted = counted.join(
                star.channel, star.channel.c.channel_key == _touchpoints.c.channel_key
            ).where(star.channel.c.channel.in_([each.lower() for each in channels]))
        if kinds:
            counted = counted.where(_touchpoints.c.kind.in_([each.lower() for each in kinds]))
        return self._value(counted, "touchpoints", days, channels, kinds)


def _sales(today: date, days: int | None, value: ColumnElement[Any], kind: str | None) -> Select[Any]:
    found = _within(star.sales, today, days, value)
    if kind is None:
        return found
    return found.join(star.line_kind, star.line_kind.c.line_kind_key == star.sales.c.line_kind_key).where(
        star.line_kind.c.kind == kind
    )


def _within(fact: Any, today: date, days: int | None, value: ColumnElement[Any]) -> Select[Any]:
    """The value by customer, of facts of the last so many days, today included. The day 0 is of no window."""
    day = star.date.c.on_date
    found = (
        select(fact.c.customer_id, value.label("value"))
        .join_from(fact, star.date, star.date.c.date_key == fact.c.date_key)
        .where(fact.c.customer_id != 0)
        .group_by(fact.c.customer_id)
    )
    if days is None:
        return found.where(or_(day.is_(None), day <= literal(today, Date())))
    first = date.fromordinal(max((today - timedelta(days=days - 1)).toordinal(), 1))
    return found.where(day.between(literal(first, Date()), literal(today, Date())))


def _last_day(today: date) -> Select[Any]:
    return _sales(today, None, func.max(star.date.c.on_date), "sale")


def _between(value: ColumnElement[Any], ends: Mapping[str, Any]) -> ColumnElement[bool]:
    found = []
    if "atLeast" in ends:
        found.append(value >= literal(ends["atLeast"], Integer()))
    if "atMost" in ends:
        found.append(value <= literal(ends["atMost"], Integer()))
    return and_(*found)


def _key(opaque: str) -> int:
    """The key inside an id that the domain has checked."""
    return int(base64.b64decode(opaque).decode().partition(":")[2])
