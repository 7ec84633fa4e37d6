"""Updating customers."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.access import SYSTEM, Actor
from domain.customers.commands import create_customer, update_customer
from domain.customers.details import CustomerDetails, ExternalId, GivenContactPoint
from domain.customers.errors import CustomerNotFound, ExternalIdTaken, OutOfSight
from domain.customers.model import ContactPointKind
from domain.db import run
from domain.errors import Invalid, StaleVersion
from domain.roles import Role, Scope
from domain.users.changes import UserDetails, create_user

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PHONE = GivenContactPoint(ContactPointKind.PHONE, "02-123-4567")
EMAIL = GivenContactPoint(ContactPointKind.EMAIL, "a@example.com")


class Kept:
    """A committed customer, updated in a transaction of its own each time."""

    def __init__(self, engine: AsyncEngine, key: int) -> None:
        self.engine = engine
        self.key = key

    async def update(self, changes: CustomerDetails, *, version: int = 1, actor: Actor = SYSTEM) -> None:
        async def work(session: AsyncSession) -> None:
            await update_customer(
                session, self.key, changes=changes, expected_version=version, actor=actor, now=NOW
            )

        await run(self.engine, work, origin="test")

    async def row(self, columns: str = "version") -> tuple[object, ...]:
        async with self.engine.connect() as connection:
            found = await connection.execute(text(f"SELECT {columns} FROM customers WHERE id = {self.key}"))
            return tuple(found.one())

    async def rows(self, sql: str) -> list[tuple[object, ...]]:
        async with self.engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(text(sql))]


@pytest.fixture
async def kept(engine: AsyncEngine) -> Kept:
    async def work(session: AsyncSession) -> int:
        return await create_customer(
            session,
            {
                "name": "김단골",
                "region": "서울",
                "birth_on": date(1990, 1, 1),
                "external_ids": [ExternalId("erp", "1"), ExternalId("shop", "1")],
                "contact_points": [PHONE, EMAIL],
            },
            actor=SYSTEM,
            now=NOW,
        )

    return Kept(engine, await run(engine, work, origin="test"))


class TestUpdateCustomer:
    async def test_what_is_absent_is_left_and_none_clears(self, kept: Kept) -> None:
        await kept.update({"region": None, "district": "해운대구"})

        row = await kept.row("name, region, district, birth_on, version")
        assert row == ("김단골", None, "해운대구", date(1990, 1, 1), 2)

    async def test_the_same_again_raises_no_version(self, kept: Kept) -> None:
        await kept.update(
            {
                "name": "김단골",
                "region": "서울",
                "external_ids": [ExternalId("shop", "1"), ExternalId("erp", "1")],
                "contact_points": [PHONE, EMAIL],
            }
        )

        assert await kept.row() == (1,)

    async def test_nothing_to_change_is_no_error(self, kept: Kept) -> None:
        await kept.update({})

        assert await kept.row() == (1,)

    async def test_an_old_version_is_refused_and_told_the_present_one(self, kept: Kept) -> None:
        await kept.update({"name": "b"})

        with pytest.raises(StaleVersion, match="version 1 was expected, 2 stands now") as caught:
            await kept.update({"name": "c"})

        assert (caught.value.current, caught.value.path) == (kept.key, ("expected_version",))
        assert await kept.row("name") == ("b",)

    async def test_of_many_updates_with_one_version_one_succeeds(self, kept: Kept) -> None:
        async def attempt(number: int) -> str:
            try:
                await kept.update({"name": f"n{number}"})
            except StaleVersion:
                return "stale"
            return "done"

        outcomes = Counter(await asyncio.gather(*(attempt(number) for number in range(50))))

        assert outcomes == {"done": 1, "stale": 49}
        assert await kept.row() == (2,)

    async def test_a_list_replaces_the_list(self, kept: Kept) -> None:
        await kept.update({"external_ids": [ExternalId("erp", "1"), ExternalId("web", "9")]})

        ids = await kept.rows("SELECT system, external_id FROM customer_external_ids ORDER BY 1")
        assert ids == [("erp", "1"), ("web", "9")]
        assert await kept.row() == (2,)

    async def test_contact_points_that_stay_are_not_written_again(self, kept: Kept) -> None:
        stamp = "SELECT xmin::text, value FROM contact_points ORDER BY position"
        before = await kept.rows(stamp)

        await kept.update({"contact_points": [PHONE, replace(EMAIL, verified=True)]})

        after = await kept.rows(stamp)
        assert after[0] == before[0]
        assert after[1] != before[1]
        assert await kept.row() == (2,)

    async def test_fewer_contact_points_leave_no_rest(self, kept: Kept) -> None:
        await kept.update({"contact_points": [EMAIL]})
        assert await kept.rows("SELECT position, value FROM contact_points") == [(1, "a@example.com")]

        await kept.update({"contact_points": [], "external_ids": []}, version=2)

        assert (
            await kept.rows("SELECT 1 FROM contact_points UNION ALL SELECT 1 FROM customer_external_ids")
            == []
        )

    async def test_an_external_id_of_another_is_refused_and_nothing_changes(self, kept: Kept) -> None:
        async def work(session: AsyncSession) -> int:
            return await create_customer(
                session, {"name": "other", "external_ids": [ExternalId("web", "9")]}, actor=SYSTEM, now=NOW
            )

        await run(kept.engine, work, origin="test")

        with pytest.raises(ExternalIdTaken, match="'9' in the system 'web'"):
            await kept.update({"name": "b", "external_ids": [ExternalId("web", "9")]})

        assert await kept.row("name, version") == ("김단골", 1)

    async def test_a_broken_rule_changes_nothing(self, kept: Kept) -> None:
        with pytest.raises(Invalid, match="no such branch"):
            await kept.update({"name": "b", "home_branch_id": 99})

        assert await kept.row("name, version") == ("김단골", 1)


class TestWhoUpdates:
    async def test_a_customer_one_may_not_see_is_not_there(self, kept: Kept) -> None:
        stranger = Actor(subject="lee", role=Role.AGENT, scope=Scope.OWN, user_id=5)

        with pytest.raises(CustomerNotFound):
            await kept.update({"name": "b"}, actor=stranger)

    async def test_one_that_does_not_exist_is_not_there_either(self, kept: Kept) -> None:
        with pytest.raises(CustomerNotFound):
            await Kept(kept.engine, 999).update({"name": "b"})

    async def test_nobody_moves_a_customer_out_of_his_own_sight(self, kept: Kept) -> None:
        async def work(session: AsyncSession) -> dict[str, int]:
            names = ("kim", "lee")
            return {name: await create_user(session, UserDetails(name, name, Role.AGENT)) for name in names}

        users = await run(kept.engine, work, origin="test")
        await kept.update({"owner_id": users["kim"]})
        kim = Actor(subject="kim", role=Role.AGENT, scope=Scope.OWN, user_id=users["kim"])

        with pytest.raises(OutOfSight, match="you must be the owner"):
            await kept.update({"owner_id": users["lee"]}, version=2, actor=kim)

        await kept.update({"name": "b"}, version=2, actor=kim)
        assert await kept.row("name, owner_id") == ("b", users["kim"])
