"""What a piece of work refers to is there."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows
from domain.access import Actor
from domain.branches.model import Branch
from domain.customers import queries as customers
from domain.customers.errors import CustomerNotFound
from domain.customers.model import Customer
from domain.errors import Invalid
from domain.messages import say
from domain.roles import Scope
from domain.users.model import User


async def check_references(session: AsyncSession, given: Mapping[str, Any], *, actor: Actor) -> None:
    """Those of `customer_id`, `branch_id` and `owner_id` that are given may be used.

    Raises CustomerNotFound, Invalid. At most three statements.
    """
    customer_id, branch_id = given.get("customer_id"), given.get("branch_id")
    if customer_id is not None and not await rows.known(
        session, Customer.id, {customer_id}, customers.visible_to(actor)
    ):
        raise CustomerNotFound("customer_id")
    if branch_id is not None and not await rows.known(session, Branch.id, {branch_id}):
        raise Invalid(say("there is no such branch"), "branch_id")
    if given.get("owner_id") is not None:
        await check_owner(session, given["owner_id"], "owner_id")


async def check_owner(session: AsyncSession, user_id: int, *path: str | int) -> None:
    """The user is active, and stays so until this transaction ends. Raises Invalid. One statement.

    The row is locked against change: of a deactivation and an assignment at one time, one waits and finds the other.
    """
    found = await session.scalar(
        select(User.id).where(User.id == user_id, User.active.is_(True)).with_for_update(read=True)
    )
    if found is None:
        raise Invalid(say("there is no such user, or the user is deactivated"), *path)


def defaults(actor: Actor) -> dict[str, int | None]:
    """Whose new work is where nobody says it: an actor of scope OWN owns it, one of a single branch works there."""
    if actor.scope is Scope.OWN:
        return {"owner_id": actor.user_id}
    if actor.scope is Scope.BRANCH and len(actor.branch_ids) == 1:
        return {"branch_id": next(iter(actor.branch_ids))}
    return {}
