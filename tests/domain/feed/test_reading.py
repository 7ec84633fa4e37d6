"""A reader loses nothing, whatever is still open while it reads."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.feed import beginning, make_partitions, read
from tests.domain.feed.conftest import Events, Sql

CUSTOMER = "INSERT INTO customers (name) VALUES ('{}')"


class TestRead:
    async def test_a_late_committer_is_read_before_those_it_precedes(
        self, engine: AsyncEngine, sql: Sql, events: Events
    ) -> None:
        async with engine.connect() as late:
            await late.execute(text(CUSTOMER.format("late")))
            await sql(CUSTOMER.format("early"))

            during = await events()
            await late.commit()
        after = await events()

        assert during == []
        assert [event.aggregate_id for event in after] == [1, 2]

    async def test_a_reader_in_steps_gets_what_commits_between_them(
        self, engine: AsyncEngine, sql: Sql, events: Events
    ) -> None:
        async with engine.connect() as reader:
            cursor = await beginning(reader)
            await sql(CUSTOMER.format("first"))
            async with engine.connect() as late:
                await late.execute(text(CUSTOMER.format("late")))
                await sql(CUSTOMER.format("second"))
                step = await read(reader, cursor)
                await late.commit()
            steps = [step, await read(reader, step[-1].cursor)]

        assert [[event.aggregate_id for event in step] for step in steps] == [[1], [2, 3]]
        assert [event for step in steps for event in step] == await events()

    async def test_a_reading_transaction_holds_nothing_back(
        self, engine: AsyncEngine, sql: Sql, events: Events
    ) -> None:
        async with engine.connect() as idle:
            await idle.execute(text("SELECT count(*) FROM customers"))
            await sql(CUSTOMER.format("x"))

            assert len(await events()) == 1

    async def test_pages_join_without_gap_or_overlap(
        self, engine: AsyncEngine, sql: Sql, events: Events
    ) -> None:
        for size in (5, 1, 9):
            await sql(f"INSERT INTO customers (name) SELECT 'x' FROM generate_series(1, {size})")

        pages = []
        async with engine.connect() as reader:
            cursor = await beginning(reader)
            while page := await read(reader, cursor, first=4):
                pages.append(page)
                cursor = page[-1].cursor

        assert [len(page) for page in pages] == [4, 4, 4, 3]
        assert [event for page in pages for event in page] == await events()


class TestPartitions:
    async def test_today_and_the_days_ahead_have_partitions(self, engine: AsyncEngine, sql: Sql) -> None:
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        async with engine.begin() as connection:
            await connection.execute(
                text(
                    "INSERT INTO change (at, aggregate, aggregate_id, version, operation, origin)"
                    " VALUES (:at, 'x', 1, 1, 'CREATED', 'test')"
                ),
                {"at": tomorrow},
            )
            where = await connection.scalar(text("SELECT tableoid::regclass::text FROM change"))

        assert where == f"change_{tomorrow:%Y%m%d}"

    async def test_made_again_there_is_nothing_left_to_make(self, engine: AsyncEngine) -> None:
        async with engine.begin() as connection:
            made = [await make_partitions(connection, days_ahead=32) for _ in range(2)]

        assert made == [2, 0]

    async def test_a_day_that_fell_into_the_default_partition_stays_readable(
        self, engine: AsyncEngine
    ) -> None:
        async with engine.begin() as connection:
            await connection.execute(
                text(
                    "INSERT INTO change (at, aggregate, aggregate_id, version, operation, origin)"
                    " VALUES (now() + interval '31 days', 'x', 1, 1, 'CREATED', 'test')"
                )
            )

            assert await make_partitions(connection, days_ahead=31) == 0
