"""A segment's rule over the star: which customers meet it, in one plan of the engine.

The rule is the JSON that the domain has checked and kept (domain/rules says its words); a property test holds this
equal to what the domain finds on Postgres. The star knows days, no times: windows are of company days in both. It holds
no birth date: ages are told by the years completed on the day that the star was read on, and of no other day.
Attributes that are not reportable and addresses are not in the star either, nor which day it was before its calendar
begins, so that no window reaches back beyond. Such a rule raises NotInStar, and is asked of Postgres.
"""

import base64
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
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
    literal_column,
    not_,
    or_,
    select,
    true,
)

from olap import star
from olap.errors import CubeError
from olap.mining import behaviour
from olap.mining.behaviour import Contacts, Sales, Tally, day_key
from olap.plan import RowFilter
from olap.rollups.declared import Rollup

_LOWERED = frozenset({"KIND", "GENDER", "ACQUIRED_CHANNEL"})
"""Words that the star writes small."""

_REACHED = {"EMAIL": "has_email", "PHONE": "has_phone"}

_SCORES = ("recency", "frequency", "monetary")

FIRST_DAY = date(1950, 1, 1)
"""The first day of the business calendar (migration 1)."""

_customer = star.customer


class NotInStar(CubeError):
    """The rule asks for what the star does not hold."""


@dataclass(frozen=True)
class Held:
    """What a star can tell besides: the day by which it tells ages, the attributes whose values it holds, and cells
    that are read instead of lines."""

    day: date | None = None
    attributes: frozenset[str] = frozenset()
    cells: Rollup | None = None


def members(
    rule: Mapping[str, Any], today: date, held: Held = Held(), seen: RowFilter | None = None
) -> Select[Any]:
    """The customers who meet the rule on the company's day of today, each once, as the column customer_id.

    Nobody who was erased does. `seen` narrows to customers of these home branches or of this owner. Raises NotInStar.
    """
    asked = _Asked(today, held)
    holds = asked.holds(rule)
    return (
        select(_customer.c.customer_id)
        .select_from(asked.joined())
        .where(
            _customer.c.is_current,
            _customer.c.customer_id != 0,
            _customer.c.erased.is_not(True),
            *_visible(seen),
            holds,
        )
    )


def _visible(seen: RowFilter | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if seen is not None and seen.branch_keys is not None:
        found.append(_customer.c.home_branch_id.in_(sorted(seen.branch_keys)))
    if seen is not None and seen.owner_id is not None:
        found.append(_customer.c.owner_id == seen.owner_id)
    return found


class _Asked:
    """What a rule needs to be joined, growing as its conditions are met."""

    def __init__(self, today: date, held: Held) -> None:
        self.today, self.held = today, held
        self.sales = Sales(today, held.cells)
        self.contacts = Contacts(today)
        self._tables: dict[int, FromClause] = {}

    def joined(self) -> FromClause:
        """Customers and what they did."""
        found: FromClause = _customer
        for tally in (self.sales, self.contacts):
            if tally.values:
                table = tally.table().alias(_name(tally))
                found = found.outerjoin(table, table.c.customer_id == _customer.c.customer_id)
        return found

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
            case "age" if self.held.day == self.today:
                return _between(_customer.c.age, value)
            case "attribute" if value["name"] in self.held.attributes:
                return or_(false(), *(_said(_customer.c.attributes, value["name"], e) for e in value["in"]))
            case "contactPoints" if all(each in _REACHED for each in value):
                return or_(*(_customer.c[_REACHED[each]] == "yes" for each in value))
            case "consents":
                return or_(*(_customer.c[each.lower()] == "yes" for each in value))
            case "rfm":
                return _scored(value)
        return self._behaved(word, value)

    def _behaved(self, word: str, value: Any) -> ColumnElement[bool]:
        match word:
            case _ if "days" in value and value["days"] > (self.today - FIRST_DAY).days + 1:
                raise NotInStar("the window begins before the calendar")
            case "orders":
                return _between(self._counted(self.sales, self.sales.orders(value.get("days"))), value)
            case "revenue":
                return self._revenue(value)
            case "recency":
                return self._recency(value)
            case "bought":
                return self._bought(value)
            case "touchpoints":
                channels, kinds = value.get("channels", ()), value.get("kinds", ())
                name = self.contacts.count(value.get("days"), channels, kinds)
                return _between(self._counted(self.contacts, name), value)
        raise NotInStar(f"the star cannot tell {word!r}")

    def _counted(self, tally: Tally, name: str) -> ColumnElement[Any]:
        """0 for whom there is nothing to count."""
        return func.coalesce(_column(tally, name), literal(0, Integer()))

    def _revenue(self, value: Mapping[str, Any]) -> ColumnElement[bool]:
        amount = self._counted(self.sales, self.sales.revenue(value["currency"], value.get("days")))
        ends = []
        if "atLeast" in value:
            ends.append(amount >= cast(literal(value["atLeast"], Text()), Numeric(19, 4)))
        if "below" in value:
            ends.append(amount < cast(literal(value["below"], Text()), Numeric(19, 4)))
        return and_(*ends)

    def _recency(self, value: Mapping[str, Any]) -> ColumnElement[bool]:
        """By the keys of days: the longer ago, the smaller."""
        last = _column(self.sales, self.sales.last())
        ends = []
        if "atLeast" in value:
            ends.append(last <= day_key(self._ago(value["atLeast"])))
        if "atMost" in value:
            ends.append(last >= day_key(self._ago(value["atMost"])))
        return and_(*ends)

    def _ago(self, days: int) -> date:
        return date.fromordinal(max((self.today - timedelta(days=days)).toordinal(), 1))

    def _bought(self, value: Mapping[str, Any]) -> ColumnElement[bool]:
        if "categoryId" in value:
            products = behaviour.in_category(_key(value["categoryId"]))
        else:
            products = select(literal(_key(value["productId"]), Integer()))
        return behaviour.bought(self.today, products, value.get("days"), value.get("atLeast", 1))


def _name(tally: Tally) -> str:
    return f"their_{type(tally).__name__.lower()}"


def _column(tally: Tally, name: str) -> ColumnElement[Any]:
    """A column of a table that is made when all is known that it is to hold."""
    return literal_column(f"{_name(tally)}.{name}")


def _between(value: ColumnElement[Any], ends: Mapping[str, Any]) -> ColumnElement[bool]:
    found = []
    if ends.get("atLeast") is not None:
        found.append(value >= literal(ends["atLeast"], Integer()))
    if ends.get("atMost") is not None:
        found.append(value <= literal(ends["atMost"], Integer()))
    return and_(*found)


def _said(values: ColumnElement[Any], name: str, value: str) -> ColumnElement[bool]:
    """The JSON of texts says so. Inside a text every quote is escaped, so that nothing else reads like it."""
    return values.contains(f"{_quoted(name)}: {_quoted(value)}", autoescape=True)


def _scored(value: Mapping[str, Any]) -> ColumnElement[bool]:
    """The scores of a scheme are three digits; those that are not named may be any."""
    wanted = [[str(each) for each in value[name]] if value.get(name) else ["_"] for name in _SCORES]
    scheme = _escaped(f"{_quoted(value['scheme'])}: ")
    return or_(
        *(
            _customer.c.rfm.like(f'%{scheme}"{"".join(scores)}"%', escape="/")
            for scores in itertools.product(*wanted)
        )
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _escaped(text: str) -> str:
    for sign in "/%_":
        text = text.replace(sign, f"/{sign}")
    return text


def _key(opaque: str) -> int:
    """The key inside an id that the domain has checked."""
    return int(base64.b64decode(opaque).decode().partition(":")[2])
