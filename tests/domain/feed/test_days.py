"""Days of the feed are made ahead and dropped when they are old."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from domain import feed
from domain.jobs.chores import CHORES, FEED_DAYS
from domain.jobs.duties import Work
from domain.tables import metadata

NOW = datetime.now(UTC)


async def _days(engine: AsyncEngine) -> list[str]:
    async with engine.connect() as connection:
        found = await connection.scalars(
            text("SELECT relname FROM pg_class WHERE relname ~ '^change_[0-9]{8}$' ORDER BY 1")
        )
        return list(found)


def _name(days: int) -> str:
    return f"change_{NOW + timedelta(days=days):%Y%m%d}"


async def _make(engine: AsyncEngine, *days: int) -> None:
    async with engine.begin() as connection:
        for each in days:
            start = (NOW + timedelta(days=each)).replace(hour=0, minute=0, second=0, microsecond=0)
            await connection.execute(
                text(
                    f"CREATE TABLE {_name(each)} PARTITION OF change"
                    f" FOR VALUES FROM ('{start}') TO ('{start + timedelta(days=1)}')"
                )
            )


class TestDropDays:
    async def test_days_older_than_asked_go_and_others_stay(self, engine: AsyncEngine) -> None:
        await _make(engine, -32, -31, -30, -29)

        gone = await feed.drop_days(engine, now=NOW, days=30)

        days = await _days(engine)
        assert gone == 2
        assert days[:2] == [_name(-30), _name(-29)]
        assert days[-1] in (_name(30), _name(31))  # the store may have been made after a midnight

    async def test_a_day_that_somebody_reads_stays_for_the_next_time(self, engine: AsyncEngine) -> None:
        await _make(engine, -40, -41)
        async with engine.connect() as reader, reader.begin():
            await reader.execute(text(f"SELECT count(*) FROM {_name(-40)}"))

            during = await feed.drop_days(engine, now=NOW, days=30)

        assert (during, await feed.drop_days(engine, now=NOW, days=30)) == (1, 1)


class TestFeedDays:
    async def test_the_job_makes_days_ahead_and_drops_old_ones(
        self, engine: AsyncEngine, tmp_path: Path
    ) -> None:
        await _make(engine, -40)
        async with engine.begin() as connection:
            await connection.execute(text(f"DROP TABLE {_name(30)}"))
        work = Work(engine=engine, exports=tmp_path, tables=metadata, now=lambda: NOW, feed_days=30)
        (duty,) = [each for each in CHORES if each.kind == FEED_DAYS]

        await duty.does(work)

        days = await _days(engine)
        assert _name(30) in days
        assert _name(-40) not in days
