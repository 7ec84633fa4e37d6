"""Changes of customers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows
from domain.access import Actor
from domain.branches.model import Branch
from domain.customers.details import CustomerDetails, checked
from domain.customers.errors import CustomerNotFound, OutOfSight
from domain.customers.model import Customer
from domain.customers.parts import set_contact_points, set_external_ids
from domain.customers.queries import visible_to
from domain.errors import Invalid, StaleVersion
from domain.roles import Scope
from domain.users.model import User

_PARTS = ("external_ids", "contact_points")


async def create_customer(
    session: AsyncSession, details: CustomerDetails, *, actor: Actor, now: datetime
) -> int:
    """A customer with these details is here; its key. Without a word on it, an actor of scope OWN becomes the owner
    and an actor of one branch gives the home branch.

    Raises Invalid, ExternalIdTaken, OutOfSight (the actor would not see it). At most eight statements.
    """
    given = checked({**_defaults(actor), **details}, now=now)
    if "name" not in given:
        raise Invalid("name is missing: every customer has one", "name")
    await _check_references(session, given)
    made: int | None = await session.scalar(insert(Customer).values(_columns(given)).returning(Customer.id))
    assert made is not None, "an insert that does not fail returns its row"
    await _write_parts(session, made, given)
    await _check_sight(session, made, actor)
    return made


async def update_customer(
    session: AsyncSession,
    customer_id: int,
    *,
    changes: CustomerDetails,
    expected_version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """The customer stands as changed: absent = left, None = cleared. What is as it was is not written.

    Raises CustomerNotFound, StaleVersion, Invalid, ExternalIdTaken, OutOfSight. At most ten statements. The row is
    locked first, so that of many updates with one version one succeeds and the others are told.
    """
    current = await session.scalar(
        select(Customer.version)
        .where(Customer.id == customer_id, visible_to(actor))
        .with_for_update(key_share=True)
    )
    if current is None:
        raise CustomerNotFound("id")
    if current != expected_version:
        raise StaleVersion("customer", customer_id, expected=expected_version, current=current)
    given = checked(changes, now=now)
    await _check_references(session, given)
    columns = _columns(given)
    if columns:
        await session.execute(update(Customer).where(Customer.id == customer_id).values(columns))
    await _write_parts(session, customer_id, given)
    await _check_sight(session, customer_id, actor)


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


async def _check_references(session: AsyncSession, details: CustomerDetails) -> None:
    branch_id, owner_id = details.get("home_branch_id"), details.get("owner_id")
    if branch_id is not None and not await rows.known(session, Branch.id, {branch_id}):
        raise Invalid("there is no such branch", "home_branch_id")
    if owner_id is not None and not await rows.known(session, User.id, {owner_id}, User.active.is_(True)):
        raise Invalid("there is no such user, or the user is deactivated", "owner_id")


async def _check_sight(session: AsyncSession, customer_id: int, actor: Actor) -> None:
    if actor.scope is Scope.ALL:
        return
    if await rows.known(session, Customer.id, {customer_id}, visible_to(actor)):
        return
    if actor.scope is Scope.BRANCH:
        raise OutOfSight("the home branch must be one of your branches", "home_branch_id")
    raise OutOfSight("you must be the owner: you may see your own customers only", "owner_id")
