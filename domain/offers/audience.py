"""For whom an offer is: its rules, and the customers it excludes by name."""

from collections.abc import Sequence
from typing import TypedDict

from sqlalchemy import BigInteger, delete, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows
from domain.access import Actor
from domain.customers import queries as customers
from domain.customers.model import Customer
from domain.customers.redirects import resolved
from domain.errors import Invalid
from domain.messages import say
from domain.offers.rule_model import ExcludedCustomer
from domain.offers.rules import Rule, replace_rules

MOST_EXCLUDED = 1_000


class Audience(TypedDict, total=False):
    """A key that is absent leaves the list as it is; a list replaces the one before, None clears it.

    A customer must meet all rules of `eligibility` and none of `exclusions`.
    """

    eligibility: Sequence[Rule] | None
    exclusions: Sequence[Rule] | None
    excluded_customer_ids: Sequence[int] | None


async def set_audience(session: AsyncSession, offer_id: int, given: Audience, *, actor: Actor) -> None:
    """The offer, which is locked, is for this audience. Of those excluded by name, the actor replaces whom he sees.

    Raises Invalid. At most fourteen statements.
    """
    if "eligibility" in given:
        await replace_rules(session, offer_id, given["eligibility"] or (), excludes=False)
    if "exclusions" in given:
        await replace_rules(session, offer_id, given["exclusions"] or (), excludes=True)
    if "excluded_customer_ids" in given:
        await _exclude(session, offer_id, given["excluded_customer_ids"] or (), actor)


async def _exclude(session: AsyncSession, offer_id: int, keys: Sequence[int], actor: Actor) -> None:
    if len(keys) > MOST_EXCLUDED:
        raise Invalid(
            say(
                "{count} customers are given; at most {most} are allowed", count=len(keys), most=MOST_EXCLUDED
            ),
            "excluded_customer_ids",
        )
    kept = await resolved(session, keys)
    seen = await rows.known(session, Customer.id, set(kept.values()), customers.visible_to(actor))
    for place, key in enumerate(keys):
        if kept[key] not in seen:
            raise Invalid(say("there is no such customer"), "excluded_customer_ids", place)
    named = ExcludedCustomer
    visible = select(Customer.id).where(customers.visible_to(actor))
    await session.execute(
        delete(named).where(
            named.offer_id == offer_id,
            named.customer_id.in_(visible),
            ~rows.among(named.customer_id, seen),
        )
    )
    already = select(named.customer_id).where(named.offer_id == offer_id)
    new = select(literal(offer_id, BigInteger()), Customer.id).where(
        rows.among(Customer.id, seen), Customer.id.not_in(already)
    )
    await session.execute(insert(named).from_select(["offer_id", "customer_id"], new.order_by(Customer.id)))
