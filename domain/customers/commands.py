"""Changes of customers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows
from domain.access import Actor
from domain.branches.model import Branch
from domain.customers.attribute_values import set_attributes
from domain.customers.contact_points import set_contact_points
from domain.customers.details import CustomerDetails, checked
from domain.customers.errors import OutOfSight
from domain.customers.external_ids import set_external_ids
from domain.customers.locking import locked
from domain.customers.model import Customer
from domain.customers.queries import visible_to
from domain.errors import Invalid
from domain.messages import say
from domain.roles import Scope
from domain.users.model import User

_PARTS = ("external_ids", "contact_points", "attributes")


async def create_customer(
    session: AsyncSession, details: CustomerDetails, *, actor: Actor, now: datetime
) -> int:
    """A customer with these details is here; its key. Without a word on it, an actor of scope OWN becomes the owner
    and an actor of one branch gives the home branch.

    Raises Invalid, ExternalIdTaken, OutOfSight (the actor would not see it). At most eleven statements.
    """
    given = checked({**_defaults(actor), **details}, now=now)
    if "name" not in given:
        raise Invalid(say("name is missing: every customer has one"), "name")
    await _check_references(session, given)
    made: int | None = await session.scalar(insert(Customer).values(_columns(given)).returning(Customer.id))
    assert made is not None, "an insert that does not fail returns its row"
    await _write_parts(session, made, given)
    await check_sight(session, made, actor)
    return made


async def update_customer(
    session: AsyncSession,
    customer_id: int,
    *,
    changes: CustomerDetails,
    expected_version: int,
    actor: Actor,
    now: datetime,
) -> int:
    """The customer stands as changed: absent = left, None = cleared. What is as it was is not written.

    Its key, which is another where it was merged since. Raises CustomerNotFound, StaleVersion, Invalid,
    ExternalIdTaken, OutOfSight. At most fourteen statements. The row is locked first.
    """
    customer_id = await locked(session, customer_id, expected_version=expected_version, actor=actor)
    given = checked(changes, now=now)
    await _check_references(session, given)
    columns = _columns(given)
    if columns:
        await session.execute(update(Customer).where(Customer.id == customer_id).values(columns))
    await _write_parts(session, customer_id, given)
    await check_sight(session, customer_id, actor)
    return customer_id


def _defaults(actor: Actor) -> CustomerDetails:
    if actor.scope is Scope.OWN:
        return {"owner_id": actor.user_id}
    if actor.scope is Scope.BRANCH and len(actor.branch_ids) == 1:
        return {"home_branch_id": next(iter(actor.branch_ids))}
    return {}


def _columns(details: CustomerDetails) -> Mapping[str, Any]:
    return {key: value for key, value in details.items() if key not in _PARTS}


async def _write_parts(session: AsyncSession, customer_id: int, details: CustomerDetails) -> None:
    if "external_ids" in details:
        await set_external_ids(session, customer_id, details["external_ids"])
    if "contact_points" in details:
        await set_contact_points(session, customer_id, details["contact_points"])
    if "attributes" in details:
        await set_attributes(session, customer_id, details["attributes"])


async def _check_references(session: AsyncSession, details: CustomerDetails) -> None:
    branch_id, owner_id = details.get("home_branch_id"), details.get("owner_id")
    if branch_id is not None and not await rows.known(session, Branch.id, {branch_id}):
        raise Invalid(say("there is no such branch"), "home_branch_id")
    if owner_id is not None and not await rows.known(session, User.id, {owner_id}, User.active.is_(True)):
        raise Invalid(say("there is no such user, or the user is deactivated"), "owner_id")


async def check_sight(session: AsyncSession, customer_id: int, actor: Actor) -> None:
    """Raises OutOfSight where the actor would no longer see what he has written. At most one statement."""
    if actor.scope is Scope.ALL:
        return
    if await rows.known(session, Customer.id, {customer_id}, visible_to(actor)):
        return
    if actor.scope is Scope.BRANCH:
        raise OutOfSight(say("the home branch must be one of your branches"), "home_branch_id")
    raise OutOfSight(say("you must be the owner: you may see your own customers only"), "owner_id")
