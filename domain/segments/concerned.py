"""Whom events concern: which customers a rule has to be asked of anew, and which rules of all customers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from domain import rows
from domain.consents.model import Consent
from domain.feed import Event
from domain.orders.model import Order
from domain.rules import tree
from domain.touchpoints.model import Touchpoint

CUSTOMER, LEFT = "customer", "customer_left"
"""Events that concern a customer whatever the rule: of himself, and of what is his no more."""

_OF_CUSTOMERS: Mapping[str, tuple[InstrumentedAttribute[int], InstrumentedAttribute[int | None]]] = {
    "order": (Order.id, Order.customer_id),
    "touchpoint": (Touchpoint.id, Touchpoint.customer_id),
    "consent": (Consent.id, Consent.customer_id),
}
"""By aggregate: its key, and whose it is."""

_OF_ALL = frozenset({"product", "category", "customer_attribute"})
"""Aggregates that many customers' answers may depend on."""

FOLLOWED = frozenset({CUSTOMER, LEFT, "segment", *_OF_CUSTOMERS, *_OF_ALL})


@dataclass(frozen=True)
class Concerned:
    """The customers that events concern, by aggregate, and the other aggregates of which there were events."""

    customers: Mapping[str, frozenset[int]]
    others: frozenset[str]

    def of(self, rule: tree.Rule) -> frozenset[int]:
        """The customers of whom the rule may say something else now."""
        depends = {CUSTOMER, LEFT, *depends_on(rule)}
        return frozenset().union(*(self.customers.get(each, frozenset()) for each in depends))

    def all_of(self, rule: tree.Rule) -> bool:
        """Whether the rule may say something else now of anybody."""
        return bool(self.others & set(depends_on(rule)))


async def concerned(session: AsyncSession, events: Sequence[Event]) -> Concerned:
    """A statement for each sort of what belongs to customers; what is gone belongs to nobody any more."""
    ids: dict[str, set[int]] = {}
    for event in events:
        ids.setdefault(event.aggregate, set()).add(event.aggregate_id)
    found = {each: frozenset(ids.get(each, ())) for each in (CUSTOMER, LEFT)}
    for aggregate in _OF_CUSTOMERS.keys() & ids.keys():
        found[aggregate] = frozenset(await session.scalars(_owners(aggregate, ids[aggregate])))
    return Concerned(found, frozenset(ids.keys() & _OF_ALL))


def _owners(aggregate: str, ids: Iterable[int]) -> Select[int | None]:
    key, owner = _OF_CUSTOMERS[aggregate]
    return select(owner).where(rows.among(key, list(ids)), owner.is_not(None)).distinct()


def depends_on(rule: tree.Rule) -> Iterator[str]:
    """The aggregates besides customers that a rule looks at."""
    match rule:
        case tree.All(rules) | tree.Any(rules):
            for each in rules:
                yield from depends_on(each)
        case tree.Not(inner):
            yield from depends_on(inner)
        case tree.Orders() | tree.Revenue() | tree.Recency():
            yield "order"
        case tree.Bought(category_id=category):
            yield from ("order",) if category is None else ("order", "product", "category")
        case tree.Contacts():
            yield "touchpoint"
        case tree.Consented():
            yield "consent"
        case tree.Attribute():
            yield "customer_attribute"
