"""Work is enqueued in the transaction that asks for it, with ids and nothing else."""

from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.queue import JobKind, NotAnId, enqueue
from migrations import scripts

COUNT = JobKind("count", ids=("number",), key="count:{number}")


async def _jobs(engine: AsyncEngine) -> list[tuple[Any, ...]]:
    async with engine.connect() as connection:
        found = await connection.execute(text("SELECT kind, state, key, ids, due_at FROM jobs.overview"))
        return [tuple(row) for row in found]


class TestEnqueue:
    async def test_a_job_is_there_once_the_business_is_committed(self, engine: AsyncEngine) -> None:
        async with AsyncSession(engine) as session, session.begin():
            made = await enqueue(session, COUNT, number=7)
            before = await _jobs(engine)
        after = await _jobs(engine)

        assert made > 0
        assert before == []
        assert after == [("count", "QUEUED", "count:7", {"number": 7}, None)]

    async def test_business_that_is_rolled_back_leaves_no_job(self, engine: AsyncEngine) -> None:
        async with AsyncSession(engine) as session:
            await enqueue(session, COUNT, number=7)
            await session.rollback()

        assert await _jobs(engine) == []

    async def test_a_job_may_wait_for_its_time(self, engine: AsyncEngine) -> None:
        at = datetime(2030, 1, 1, tzinfo=UTC)

        async with AsyncSession(engine) as session, session.begin():
            await enqueue(session, COUNT, number=1, at=at)

        assert (await _jobs(engine))[0][4] == at

    @pytest.mark.parametrize(
        "ids", [{}, {"number": "7"}, {"number": True}, {"number": 7, "name": 8}, {"name": 7}]
    )
    async def test_what_is_not_an_id_of_the_kind_is_refused(
        self, session: AsyncSession, ids: dict[str, Any]
    ) -> None:
        with pytest.raises(NotAnId, match=r"count takes the ids \(number\) and nothing else"):
            await enqueue(session, COUNT, **ids)


class TestSchema:
    def test_the_tables_are_those_of_the_package(self) -> None:
        ours = Path(scripts.__file__).parent / "sql" / "procrastinate.sql"
        theirs = files("procrastinate").joinpath("sql/schema.sql").read_text()

        assert ours.read_text().endswith("\n\n" + theirs)
