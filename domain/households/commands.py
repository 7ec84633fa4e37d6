"""Changes of households: founding one, naming it anew, who joins and who leaves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows, text
from domain.access import Actor
from domain.customers import queries as customers
from domain.customers.errors import CustomerNotFound
from domain.customers.model import Customer
from domain.customers.redirects import led, resolved
from domain.errors import Invalid, StaleVersion
from domain.households.errors import AlreadyMember, HouseholdNotFound, NotAMember
from domain.households.model import Household, HouseholdMember
from domain.households.queries import visible_to
from domain.messages import say

MOST_MEMBERS = 50


@dataclass(frozen=True)
class Joining:
    """A customer who is in the household from this day on."""

    customer_id: int
    since_on: date


async def create_household(
    session: AsyncSession, name: str, members: Sequence[Joining], *, actor: Actor, now: datetime
) -> int:
    """The household is here with these members, at least one; its key.

    Raises Invalid, CustomerNotFound, AlreadyMember. At most six statements.
    """
    if not members:
        raise Invalid(say("a household has at least one member"), "members")
    if len(members) > MOST_MEMBERS:
        message = say(
            "{given} members are given; at most {most} are allowed", given=len(members), most=MOST_MEMBERS
        )
        raise Invalid(message, "members")
    checked = text.name(name, "name")
    places: list[tuple[str | int, ...]] = [("members", place) for place in range(len(members))]
    members = await _kept(session, members)
    await _check(session, members, places, actor=actor, now=now)
    made: int | None = await session.scalar(insert(Household).values(name=checked).returning(Household.id))
    assert made is not None, "an insert that does not fail returns its row"
    await _join(session, made, members)
    return made


async def update_household(
    session: AsyncSession, household_id: int, *, name: str | None, expected_version: int, actor: Actor
) -> None:
    """The household has this name; None leaves it. Raises HouseholdNotFound, StaleVersion, Invalid. Two statements."""
    await _lock(session, household_id, expected_version=expected_version, actor=actor)
    if name is not None:
        checked = text.name(name, "name")
        await session.execute(update(Household).where(Household.id == household_id).values(name=checked))


async def join_household(
    session: AsyncSession,
    household_id: int,
    joining: Joining,
    *,
    expected_version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """The customer is in the household from the day on.

    Raises HouseholdNotFound, StaleVersion, CustomerNotFound, AlreadyMember, Invalid. At most six statements.
    """
    await _lock(session, household_id, expected_version=expected_version, actor=actor)
    count = await session.scalar(
        select(func.count()).where(
            HouseholdMember.household_id == household_id, HouseholdMember.until_on.is_(None)
        )
    )
    if (count or 0) >= MOST_MEMBERS:
        raise Invalid(say("a household has at most {most} members", most=MOST_MEMBERS), "customer_id")
    joins = await _kept(session, [joining])
    await _check(session, joins, [()], actor=actor, now=now)
    await _join(session, household_id, joins)


async def leave_household(
    session: AsyncSession,
    household_id: int,
    customer_id: int,
    *,
    until_on: date,
    expected_version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """The day is the first on which the customer is no longer in the household; who joined on that day never was.

    Raises HouseholdNotFound, StaleVersion, NotAMember, Invalid. Four statements.
    """
    await _lock(session, household_id, expected_version=expected_version, actor=actor)
    _check_day(until_on, now, "until_on")
    customer_id = await led(session, customer_id)
    member = HouseholdMember
    row = (
        await session.execute(
            select(member.id, member.since_on)
            .join(Customer, Customer.id == member.customer_id)
            .where(
                member.household_id == household_id,
                member.customer_id == customer_id,
                member.until_on.is_(None),
                customers.visible_to(actor),
            )
        )
    ).one_or_none()
    if row is None:
        raise NotAMember("customer_id")
    if until_on < row.since_on:
        raise Invalid(
            say("the customer joined on {since}: it cannot leave before", since=row.since_on), "until_on"
        )
    if until_on == row.since_on:
        await session.execute(delete(member).where(member.id == row.id))
    else:
        await session.execute(update(member).where(member.id == row.id).values(until_on=until_on))


async def _lock(session: AsyncSession, household_id: int, *, expected_version: int, actor: Actor) -> None:
    current = await session.scalar(
        select(Household.version)
        .where(Household.id == household_id, visible_to(actor))
        .with_for_update(key_share=True)
    )
    if current is None:
        raise HouseholdNotFound("id")
    if current != expected_version:
        raise StaleVersion("household", household_id, expected=expected_version, current=current)


async def _kept(session: AsyncSession, joining: Sequence[Joining]) -> list[Joining]:
    """The same, with those customers whom the given ones were merged into, where they were."""
    kept = await resolved(session, {each.customer_id for each in joining})
    return [replace(each, customer_id=kept[each.customer_id]) for each in joining]


async def _check(
    session: AsyncSession,
    joining: Sequence[Joining],
    places: Sequence[tuple[str | int, ...]],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Each customer may be seen and is in no household from its day on. It is locked, so that it stays so."""
    keys = [each.customer_id for each in joining]
    seen = set(
        await session.scalars(
            select(Customer.id)
            .where(rows.among(Customer.id, keys), customers.visible_to(actor))
            .order_by(Customer.id)
            .with_for_update(key_share=True)
        )
    )
    for place, each in enumerate(joining):
        if each.customer_id not in seen:
            raise CustomerNotFound(*places[place], "customer_id")
        if each.customer_id in keys[:place]:
            raise Invalid(say("the customer is given twice"), *places[place], "customer_id")
        _check_day(each.since_on, now, *places[place], "since_on")
    await _check_free(session, joining, places)


async def _check_free(
    session: AsyncSession, joining: Sequence[Joining], places: Sequence[tuple[str | int, ...]]
) -> None:
    member = HouseholdMember
    given = rows.given(
        [{"customer_id": each.customer_id, "since_on": each.since_on} for each in joining],
        member.customer_id,
        member.since_on,
    )
    taken = set(
        await session.scalars(
            select(member.customer_id).join(
                given,
                (given.c.customer_id == member.customer_id)
                & or_(member.until_on.is_(None), member.until_on > given.c.since_on),
            )
        )
    )
    for place, each in enumerate(joining):
        if each.customer_id in taken:
            raise AlreadyMember(*places[place], "customer_id")


def _check_day(day: date, now: datetime, *path: str | int) -> None:
    if day > (now + timedelta(hours=14)).date():  # nowhere on Earth is it later
        raise Invalid(say("the day lies in the future"), *path)


async def _join(session: AsyncSession, household_id: int, joining: Sequence[Joining]) -> None:
    await session.execute(
        insert(HouseholdMember).values(
            [
                {"household_id": household_id, "customer_id": each.customer_id, "since_on": each.since_on}
                for each in sorted(joining, key=lambda each: each.customer_id)
            ]
        )
    )
