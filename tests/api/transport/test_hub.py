"""One follower for all subscribers of a process: bounded queues, nobody waits for a slow one, nothing is lost."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth import Authenticator
from api.backend import Backend
from api.errors import ApiError, Code
from api.graphql.subscriptions import hub as hubs
from api.graphql.subscriptions.caller import Caller
from api.graphql.subscriptions.hub import Hub, Subscriber, Wanted
from api.settings import Settings
from api.tokens import issue, signing_key
from domain.db import engine as make_engine
from domain.db import read_pool
from domain.feed import Event, Operation

CUSTOMERS = Wanted("customer", frozenset(Operation))


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    made = Hub()
    before = asyncio.all_tasks()
    yield made
    made.close()
    # All tests share one loop: who is left behind goes on to look for a database that is gone, and a connection that is
    # half made when the loop stands still keeps the server from dropping the next one for a minute (observed).
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    async with asyncio.timeout(30):
        await asyncio.gather(*left, return_exceptions=True)
    await asyncio.sleep(0)


async def change(engine: AsyncEngine, statement: str) -> None:
    async with engine.begin() as connection:
        await connection.execute(text(statement))


async def add(engine: AsyncEngine, count: int) -> None:
    await change(engine, f"INSERT INTO customers (name) SELECT 'c' || n FROM generate_series(1, {count}) n")


async def take(subscriber: Subscriber, count: int) -> list[Event]:
    """The next `count` events."""
    taken: list[Event] = []
    async with asyncio.timeout(60):
        while len(taken) < count:
            taken += await subscriber.take(100)
    return taken


class TestFollowing:
    async def test_each_subscriber_gets_every_event_once_and_in_order(
        self, engine: AsyncEngine, hub: Hub
    ) -> None:
        subscribers = [await hub.join(engine, CUSTOMERS, "ann") for _ in range(3)]
        await add(engine, 2500)

        found = [await take(subscriber, 2500) for subscriber in subscribers]

        assert found[0] == found[1] == found[2]
        cursors = [event.cursor for event in found[0]]
        assert cursors == sorted(set(cursors))

    async def test_one_follower_serves_them_all_and_stops_with_the_last(
        self, engine: AsyncEngine, hub: Hub
    ) -> None:
        before = asyncio.all_tasks()
        subscribers = [await hub.join(engine, CUSTOMERS, f"user:{n}") for n in range(50)]
        running = asyncio.all_tasks() - before
        for subscriber in subscribers:
            hub.leave(subscriber)
        async with asyncio.timeout(30):
            await asyncio.gather(*running, return_exceptions=True)

        assert len(running) == 1
        assert asyncio.all_tasks() - before == set()

    async def test_closing_stops_it_although_nobody_has_left(self, engine: AsyncEngine, hub: Hub) -> None:
        before = asyncio.all_tasks()
        await hub.join(engine, CUSTOMERS, "ann")
        running = asyncio.all_tasks() - before

        hub.close()
        async with asyncio.timeout(30):
            await asyncio.gather(*running, return_exceptions=True)

        assert len(running) == 1
        assert asyncio.all_tasks() - before == set()

    async def test_what_was_before_is_not_told(self, engine: AsyncEngine, hub: Hub) -> None:
        await add(engine, 3)
        subscriber = await hub.join(engine, CUSTOMERS, "ann")
        await change(engine, "INSERT INTO customers (name) VALUES ('after')")

        [event] = await take(subscriber, 1)

        assert event.operation is Operation.CREATED
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await subscriber.take(1)

    async def test_a_lost_connection_loses_no_event(
        self, engine: AsyncEngine, hub: Hub, database: str
    ) -> None:
        subscriber = await hub.join(engine, CUSTOMERS, "ann")
        other = make_engine(database, pool_size=1)
        try:
            for _ in range(5):
                await change(
                    other,
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()",
                )
                await add(other, 10)
        finally:
            await other.dispose()

        assert len(await take(subscriber, 50)) == 50

    async def test_a_restored_store_ends_subscriptions(self, engine: AsyncEngine, hub: Hub) -> None:
        subscriber = await hub.join(engine, CUSTOMERS, "ann")
        await change(engine, "UPDATE company SET feed_epoch = feed_epoch + 1")

        with pytest.raises(ApiError, match="the store was restored"):
            await take(subscriber, 1)


class TestSlowSubscribers:
    async def test_one_is_ended_and_the_others_go_on(
        self, engine: AsyncEngine, hub: Hub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(hubs, "HELD_EVENTS", 100)
        slow = await hub.join(engine, CUSTOMERS, "slow")
        quick = await hub.join(engine, CUSTOMERS, "quick")
        for _ in range(3):
            await add(engine, 50)
            assert len(await take(quick, 50)) == 50

        with pytest.raises(ApiError, match="changes came faster than they were taken") as refused:
            await slow.take(1)

        assert refused.value.code is Code.BUSY


class TestLimits:
    async def test_one_client_may_hold_so_many(
        self, engine: AsyncEngine, hub: Hub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(hubs, "MOST_PER_CLIENT", 2)
        first = await hub.join(engine, CUSTOMERS, "ann")
        await hub.join(engine, CUSTOMERS, "ann")

        with pytest.raises(ApiError) as refused:
            await hub.join(engine, CUSTOMERS, "ann")
        await hub.join(engine, CUSTOMERS, "bob")
        hub.leave(first)
        await hub.join(engine, CUSTOMERS, "ann")

        assert refused.value.code is Code.RATE_LIMITED

    async def test_none_begins_while_the_process_stops(self, engine: AsyncEngine, hub: Hub) -> None:
        subscriber = await hub.join(engine, CUSTOMERS, "ann")
        hub.close()

        with pytest.raises(ApiError, match="about to stop"):
            await subscriber.take(1)
        with pytest.raises(ApiError, match="about to stop"):
            await hub.join(engine, CUSTOMERS, "ann")


class TestEndOfRights:
    @pytest.fixture
    async def caller(self, engine: AsyncEngine, database: str, tmp_path: Path) -> AsyncIterator[Caller]:
        """The user kim, an agent, who holds a connection open."""
        await change(engine, "INSERT INTO users (subject, name, role) VALUES ('kim', 'Kim', 'AGENT')")
        key = signing_key(tmp_path / "token.key")
        token = issue(key, subject="kim", role="AGENT", scope="OWN", branches=(), hours=1)
        reads = await read_pool(database, size=2)
        auth = Authenticator(key, reads, remembered_seconds=0)
        backend = Backend(Settings(), auth, engine, reads, None)  # type: ignore[arg-type]  # no cube is asked
        yield await Caller.proved(backend, f"Bearer {token}", lambda: True, "en")
        await reads.close()

    async def test_a_deactivated_user_hears_no_more(self, caller: Caller, engine: AsyncEngine) -> None:
        await change(engine, "UPDATE users SET active = false")

        with pytest.raises(ApiError) as refused:
            async with asyncio.timeout(60):
                await caller.watched(0.05)

        assert refused.value.code is Code.UNAUTHENTICATED

    async def test_new_branches_count_at_once(self, caller: Caller, engine: AsyncEngine) -> None:
        assert caller.call.actor.branch_ids == frozenset()
        await change(engine, "INSERT INTO branches (code, name, kind) VALUES ('GN', '강남점', 'SHOP')")
        await change(
            engine,
            "INSERT INTO user_branches (user_id, branch_id) SELECT u.id, b.id FROM users u, branches b",
        )

        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await caller.watched(0.05)

        assert len(caller.call.actor.branch_ids) == 1

    async def test_a_store_that_is_away_ends_nothing(self, caller: Caller) -> None:
        await caller.backend.reads.close()

        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await caller.watched(0.05)
