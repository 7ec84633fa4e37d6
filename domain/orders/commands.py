"""Orders are created and changed by shops and call centres. What the ERP books comes through the intake."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypedDict, cast

from sqlalchemy import Row, delete, func, insert, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as insert_or_not
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows, text
from domain.access import Actor
from domain.branches.model import Branch
from domain.channels import Channel
from domain.company.currencies import scales
from domain.customers import queries as customers
from domain.customers.errors import CustomerNotFound
from domain.customers.model import Customer
from domain.customers.redirects import of_kept
from domain.errors import Invalid, StaleVersion
from domain.messages import say
from domain.money import UnknownCurrency
from domain.orders.errors import (
    LinesSettled,
    OrderCancelled,
    OrderNotFound,
    OrderNumberTaken,
    OrderOutOfSight,
)
from domain.orders.lines import TOLD, KnownCost, NewLine, booked
from domain.orders.model import Order, OrderLine
from domain.orders.queries import visible_to
from domain.orders.shipment_model import Shipment
from domain.products.model import Product
from domain.roles import Role, Scope
from domain.users.model import User

SYSTEM = "dangol"
"""The source system of what is created here."""

CLOCK_DIFFERENCE = timedelta(minutes=5)
"""How far ahead of ours the clock of a source may be."""

_LINE = ("kind", "product_id", "quantity", "unit_price", "discount", "unit_cost")


class OrderDetails(TypedDict, total=False):
    """A key that is absent leaves the value as it is, None clears it; `lines` replaces them as a whole."""

    customer_id: int | None
    branch_id: int | None
    agent_id: int | None
    channel: Channel | None
    ordered_at: datetime
    lines: Sequence[NewLine]


async def create_order(
    session: AsyncSession,
    currency: str,
    *,
    details: OrderDetails,
    actor: Actor,
    now: datetime,
    number: str | None = None,
) -> int:
    """The order is here, placed now unless it says when; its key. Without a number it gets one.

    An agent is the agent of what he creates, and an actor of one branch gives the branch, unless another is told.
    Raises Invalid, CustomerNotFound, OrderNumberTaken, OrderOutOfSight. At most twelve statements.
    """
    given: OrderDetails = {**_defaults(actor), "ordered_at": now, **details}
    if currency not in await scales(session, {currency}):
        raise UnknownCurrency(currency, "currency")
    _check_time(given, now=now)
    given = cast("OrderDetails", await of_kept(session, given))
    await _check_references(session, given, actor=actor)
    lines = await _booked(session, given.get("lines", ()), currency)
    made = await _insert(session, given, currency=currency, number=number)
    await session.execute(insert(OrderLine).values([{"order_id": made, **line} for line in lines]))
    await _check_sight(session, made, actor)
    return made


async def update_order(
    session: AsyncSession,
    order_id: int,
    *,
    changes: OrderDetails,
    expected_version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """The order stands as changed: absent = left, None = cleared, lines replaced as a whole. Number and currency stay.

    Raises OrderNotFound, StaleVersion, OrderCancelled, LinesSettled, Invalid, CustomerNotFound, OrderOutOfSight.
    At most thirteen statements.
    """
    standing = await locked(session, order_id, expected_version, actor=actor)
    if standing.cancelled_at is not None:
        raise OrderCancelled(standing.cancelled_at)
    _check_time(changes, now=now)
    changes = cast("OrderDetails", await of_kept(session, changes))
    await _check_references(session, changes, actor=actor)
    columns = {key: value for key, value in changes.items() if key != "lines"}
    if columns:
        await session.execute(update(Order).where(Order.id == order_id).values(**columns))
    if "lines" in changes:
        await _check_settled(session, order_id)
        await _replace_lines(session, order_id, await _booked(session, changes["lines"], standing.currency))
    await _check_sight(session, order_id, actor)


async def locked(
    session: AsyncSession, order_id: int, expected_version: int | None, *, actor: Actor, at: str = "id"
) -> Row[*tuple[Any, ...]]:
    """The order, locked until the transaction ends. Raises OrderNotFound; StaleVersion, if a version is expected."""
    found = (
        await session.execute(
            select(Order.version, Order.currency, Order.cancelled_at, Order.ordered_at)
            .where(Order.id == order_id, visible_to(actor))
            .with_for_update(key_share=True, of=Order)
        )
    ).one_or_none()
    if found is None:
        raise OrderNotFound(at)
    if expected_version is not None and found.version != expected_version:
        raise StaleVersion("order", order_id, expected=expected_version, current=found.version)
    return found


def _defaults(actor: Actor) -> OrderDetails:
    found: OrderDetails = {}
    if actor.role is Role.AGENT and actor.user_id is not None:
        found["agent_id"] = actor.user_id
    if actor.scope is Scope.BRANCH and len(actor.branch_ids) == 1:
        found["branch_id"] = next(iter(actor.branch_ids))
    return found


def _check_time(given: OrderDetails, *, now: datetime) -> None:
    if "ordered_at" not in given:
        return
    if given["ordered_at"] is None:
        raise Invalid(say("ordered_at cannot be cleared: every order has one"), "ordered_at")
    if given["ordered_at"] > now + CLOCK_DIFFERENCE:
        raise Invalid(
            say("{name} {at} lies in the future", name="ordered_at", at=given["ordered_at"].isoformat()),
            "ordered_at",
        )


async def _check_references(session: AsyncSession, given: OrderDetails, *, actor: Actor) -> None:
    customer_id, branch_id, agent_id = given.get("customer_id"), given.get("branch_id"), given.get("agent_id")
    if customer_id is not None and not await rows.known(
        session, Customer.id, {customer_id}, customers.visible_to(actor)
    ):
        raise CustomerNotFound("customer_id")
    if branch_id is not None and not await rows.known(session, Branch.id, {branch_id}):
        raise Invalid(say("there is no such branch"), "branch_id")
    if agent_id is not None and not await rows.known(session, User.id, {agent_id}, User.active.is_(True)):
        raise Invalid(say("there is no such user, or the user is deactivated"), "agent_id")


async def _booked(session: AsyncSession, lines: Sequence[NewLine], currency: str) -> list[dict[str, Any]]:
    named = {line.product_id for line in lines if line.product_id is not None}
    found = await session.execute(
        select(Product.id, Product.unit_cost, Product.currency).where(rows.among(Product.id, named))
    )
    known = {row.id: KnownCost(row.unit_cost, row.currency) for row in found}
    return booked(lines, currency=currency, products=known)


async def _insert(session: AsyncSession, given: OrderDetails, *, currency: str, number: str | None) -> int:
    key = await session.scalar(select(func.nextval(func.pg_get_serial_sequence("orders", "id"))))
    found = f"D-{key}" if number is None else text.key(number, "number", limit=60)
    made: int | None = await session.scalar(
        insert_or_not(Order)
        .values(
            id=key,
            source_system=SYSTEM,
            source_id=found,
            number=found,
            currency=currency,
            **{name: value for name, value in given.items() if name != "lines"},
        )
        .on_conflict_do_nothing(index_elements=[Order.source_system, Order.source_id])
        .returning(Order.id)
    )
    if made is None:
        raise OrderNumberTaken(found)
    return made


async def _check_settled(session: AsyncSession, order_id: int) -> None:
    """Neither returns, in the order or in a credit note, nor shipments stand on the lines."""
    own = select(func.count()).where(OrderLine.order_id == order_id, OrderLine.kind.not_in(TOLD))
    notes = select(func.count()).where(Order.original_id == order_id)
    shipped = select(func.count()).where(Shipment.order_id == order_id)
    found = (
        await session.execute(
            select(
                (own.scalar_subquery() + notes.scalar_subquery()).label("returned"),
                shipped.scalar_subquery().label("shipped"),
            )
        )
    ).one()
    if found.returned or found.shipped:
        raise LinesSettled(found.returned, found.shipped)


async def _replace_lines(session: AsyncSession, order_id: int, lines: Sequence[dict[str, Any]]) -> None:
    """The order has exactly these lines; one that is as it was is not written. Two statements."""
    await session.execute(
        delete(OrderLine).where(OrderLine.order_id == order_id, ~OrderLine.position.between(1, len(lines)))
    )
    placed = insert_or_not(OrderLine).values([{"order_id": order_id, **line} for line in lines])
    columns = OrderLine.__table__.c
    await session.execute(
        placed.on_conflict_do_update(
            index_elements=[OrderLine.order_id, OrderLine.position],
            set_={name: placed.excluded[name] for name in _LINE},
            where=tuple_(*(columns[name] for name in _LINE)).is_distinct_from(
                tuple_(*(placed.excluded[name] for name in _LINE))
            ),
        )
    )


async def _check_sight(session: AsyncSession, order_id: int, actor: Actor) -> None:
    if actor.scope is Scope.ALL or await rows.known(session, Order.id, {order_id}, visible_to(actor)):
        return
    if actor.scope is Scope.BRANCH:
        raise OrderOutOfSight(
            say("without a customer of yours the branch must be one of your branches"), "branch_id"
        )
    raise OrderOutOfSight(say("without a customer of yours you must be the agent"), "agent_id")
