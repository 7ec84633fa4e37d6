"""A rule as one statement: which customers meet it, of all or of some.

Each behaviour is one derived table, joined once however often the tree names it; the tree is then a condition on the
joined row. Nobody who was erased meets a rule.
"""

from collections.abc import Collection, Hashable
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Numeric,
    Select,
    Text,
    and_,
    any_,
    extract,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy import cast as sql_cast

from domain import rows
from domain.customers.attribute_model import CustomerAttributeValue
from domain.customers.model import Customer
from domain.rules import tree
from domain.scores.model import RfmScore
from domain.segments import behaviour
from domain.segments.behaviour import Counted, Scope
from domain.segments.moments import Moment

_customer = Customer.__table__


def members(
    rule: tree.Rule,
    moment: Moment,
    *,
    only: Collection[int] | None = None,
    seen: ColumnElement[bool] | None = None,
) -> Select[int]:
    """The keys of the customers who meet the rule, each once, as the column customer_id.

    `only` asks of these, through indexes; `seen` narrows to whom the asker may see.
    """
    asked = _Asked(Scope(moment, only))
    holds = asked.holds(rule)
    found = (
        select(_customer.c.id.label("customer_id"))
        .select_from(asked.joined)
        .where(_customer.c.erased_at.is_(None), holds)
    )
    if seen is not None:
        found = found.where(seen)
    return found if only is None else found.where(rows.among(Customer.id, only))


class _Asked:
    """The join that a tree needs, growing as its conditions are met."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.joined: FromClause = _customer
        self._known: dict[Hashable, FromClause] = {}

    def holds(self, rule: tree.Rule) -> ColumnElement[bool]:
        match rule:
            case tree.All(rules):
                return and_(true(), *map(self.holds, rules))
            case tree.Any(rules):
                return or_(false(), *map(self.holds, rules))
            case tree.Not(inner):
                return not_(self.holds(inner))
        met = self._condition(rule)
        # What is not known meets no condition, and so meets its negation.
        return func.coalesce(met, literal(False, Boolean()))

    def _condition(self, rule: tree.Condition) -> ColumnElement[bool]:
        match rule:
            case tree.Trait(name, among):
                return _among(_customer.c[name.value.lower()], among)
            case tree.Age():
                return _between(_age(self.scope.moment), rule.at_least, rule.at_most)
            case tree.Branches(keys):
                return _among(_customer.c.home_branch_id, keys)
            case tree.Stage(among):
                return _among(_customer.c.lifecycle_stage, among)
            case tree.Reachable(among):
                return behaviour.reachable(among)
            case tree.Consented(among):
                return behaviour.consented(among)
            case tree.Attribute(name, among):
                return _among(_as_text(self._attribute(name)), among)
            case tree.Scored():
                return self._scored(rule)
        return self._behaved(rule)

    def _behaved(
        self, rule: tree.Orders | tree.Revenue | tree.Recency | tree.Bought | tree.Contacts
    ) -> ColumnElement[bool]:
        match rule:
            case tree.Orders(least, most, days):
                return _between(
                    self._value(behaviour.orders(self.scope, days), ("orders", days)), least, most
                )
            case tree.Contacts(least, most):
                counted = behaviour.contacts(self.scope, rule)
                key = ("contacts", rule.days, rule.channels, rule.kinds)
                return _between(self._value(counted, key), least, most)
            case tree.Bought():
                counted = behaviour.bought(self.scope, rule)
                what = ("bought", rule.product_id, rule.category_id, rule.days)
                return _between(self._value(counted, what), rule.at_least, None)
            case tree.Revenue(currency, at_least, below, days):
                counted = behaviour.revenue(self.scope, currency, days)
                amount = self._value(counted, ("revenue", currency, days))
                return and_(
                    *([] if at_least is None else [amount >= literal(at_least, Numeric())]),
                    *([] if below is None else [amount < literal(below, Numeric())]),
                )
            case tree.Recency(least, most):
                last = self._join(behaviour.last_day(self.scope).subquery(), ("last",)).c.value
                return _between(literal(self.scope.moment.today, Date()) - last, least, most)

    def _value(self, counted: Counted, key: Hashable) -> ColumnElement[Any]:
        """The counted value, 0 for whom there is nothing to count."""
        joined = self._join(counted.subquery(), key)
        return cast("ColumnElement[Any]", func.coalesce(joined.c.value, 0))

    def _join(self, table: FromClause, key: Hashable, *also: ColumnElement[bool]) -> FromClause:
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = table
            self.joined = self.joined.outerjoin(table, and_(table.c.customer_id == _customer.c.id, *also))
        return known

    def _attribute(self, name: str) -> FromClause:
        value = CustomerAttributeValue.__table__.alias()
        return self._join(value, ("attribute", name), value.c.attribute == name)

    def _scored(self, rule: tree.Scored) -> ColumnElement[bool]:
        score = RfmScore.__table__.alias()
        score = cast(
            "Any",
            self._join(
                score, ("rfm", rule.scheme), score.c.scheme == rule.scheme, score.c.valid_to.is_(None)
            ),
        )
        named = {"recency": rule.recency, "frequency": rule.frequency, "monetary": rule.monetary}
        return and_(*(_among(score.c[name], among) for name, among in named.items() if among))


def _among(value: ColumnElement[Any], among: Collection[object]) -> ColumnElement[bool]:
    return value == any_(literal(list(among), ARRAY(value.type)))


def _between(value: ColumnElement[Any], least: int | None, most: int | None) -> ColumnElement[bool]:
    ends = []
    if least is not None:
        ends.append(value >= literal(least, Integer()))
    if most is not None:
        ends.append(value <= literal(most, Integer()))
    return and_(*ends)


def _age(moment: Moment) -> ColumnElement[int]:
    today = literal(moment.today, Date())
    return sql_cast(extract("year", func.age(today, _customer.c.birth_on)), Integer())


def _as_text(value: FromClause) -> ColumnElement[str]:
    """A number without the zeros that its column puts behind it."""
    return cast(
        "ColumnElement[str]",
        func.coalesce(
            value.c.text_value,
            sql_cast(func.trim_scale(value.c.number_value), Text()),
            sql_cast(value.c.boolean_value, Text()),
            sql_cast(value.c.date_value, Text()),
            type_=Text(),
        ),
    )
