"""What touchpoints refer to: looked up for all of them at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, column, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows
from domain.access import Actor
from domain.branches.model import Branch
from domain.company.currencies import scales
from domain.customers.details import ExternalId
from domain.customers.errors import CustomerNotFound
from domain.customers.model import Customer, CustomerExternalId
from domain.customers.queries import visible_to
from domain.customers.redirects import resolved
from domain.errors import Invalid
from domain.messages import say
from domain.money import amount
from domain.roles import Scope
from domain.touchpoints.items import NewTouchpoint
from domain.users.model import User

# Orders and offers lie above touchpoints: they are known here by name alone.
_ORDER_ID, _ORDER_CUSTOMER, _OFFER_ID = (column(name, BigInteger) for name in ("id", "customer_id", "id"))
_ORDERS = table("orders", _ORDER_ID, _ORDER_CUSTOMER)
_OFFERS = table("offers", _OFFER_ID)


@dataclass(frozen=True)
class References:
    """Those of the things referred to that exist and, for customers, that the actor may see.

    `customers` leads from a key that was given to that of the customer, which is another where it was merged.
    """

    customers: Mapping[int, int]
    external: Mapping[ExternalId, int]
    branches: frozenset[int]
    users: frozenset[int]
    scales: Mapping[str, int]
    orders: Mapping[int, int | None]
    offers: frozenset[int]

    def customer_of(self, item: NewTouchpoint) -> int | None:
        """The key of the item's customer. Raises CustomerNotFound."""
        match item.customer:
            case None:
                return None
            case ExternalId():
                found = self.external.get(item.customer)
            case key:
                found = self.customers.get(key)
        if found is None:
            raise CustomerNotFound("customer")
        return found

    def check(self, item: NewTouchpoint, customer_id: int | None) -> None:
        """What the item refers to is there. Raises Invalid."""
        if item.branch_id is not None and item.branch_id not in self.branches:
            raise Invalid(say("there is no such branch"), "branch_id")
        if item.agent_id is not None and item.agent_id not in self.users:
            raise Invalid(say("there is no such user"), "agent_id")
        if item.offer_id is not None and item.offer_id not in self.offers:
            raise Invalid(say("there is no such offer"), "offer_id")
        if item.order_id is not None and self.orders.get(item.order_id, -1) != customer_id:
            raise Invalid(say("there is no such order of this customer"), "order_id")
        if item.cost is not None:
            amount(item.cost, "cost", scales=self.scales)


async def look_up(session: AsyncSession, items: Sequence[NewTouchpoint], *, actor: Actor) -> References:
    """What the items refer to. At most one statement for each of seven kinds of things, for customers two."""
    external = {item.customer for item in items if isinstance(item.customer, ExternalId)}
    return References(
        customers=await _customers(session, _keys(item.customer for item in items), actor),
        external=await _external(session, external, actor),
        branches=await rows.known(session, Branch.id, _keys(item.branch_id for item in items)),
        users=await rows.known(session, User.id, _keys(item.agent_id for item in items)),
        scales=await scales(session, {item.cost.currency for item in items if item.cost is not None}),
        orders=await _orders(session, _keys(item.order_id for item in items)),
        offers=await rows.known(session, _OFFER_ID, _keys(item.offer_id for item in items)),
    )


def _keys(given: Iterable[object]) -> set[int]:
    return {key for key in given if isinstance(key, int)}


async def _customers(session: AsyncSession, keys: set[int], actor: Actor) -> dict[int, int]:
    sees = (Customer.erased_at.is_(None), *(() if actor.scope is Scope.ALL else (visible_to(actor),)))
    kept = await resolved(session, keys)
    seen = await rows.known(session, Customer.id, set(kept.values()), *sees)
    return {key: found for key, found in kept.items() if found in seen}


async def _external(session: AsyncSession, named: set[ExternalId], actor: Actor) -> dict[ExternalId, int]:
    if not named:
        return {}
    name, held = (
        rows.given(
            [{"system": each.system, "external_id": each.id} for each in named],
            CustomerExternalId.system,
            CustomerExternalId.external_id,
        ),
        CustomerExternalId,
    )
    found = await session.execute(
        select(held.system, held.external_id, held.customer_id)
        .join(name, (name.c.system == held.system) & (name.c.external_id == held.external_id))
        .join(Customer, Customer.id == held.customer_id)
        .where(visible_to(actor))
    )
    return {ExternalId(row.system, row.external_id): row.customer_id for row in found}


async def _orders(session: AsyncSession, keys: set[int]) -> dict[int, int | None]:
    if not keys:
        return {}
    found = await session.execute(select(_ORDER_ID, _ORDER_CUSTOMER).where(rows.among(_ORDER_ID, keys)))
    return {row.id: row.customer_id for row in found}
