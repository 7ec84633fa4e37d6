"""The daily job asks every rule anew."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.jobs.chores import CHORES, REFRESH_SEGMENTS
from domain.jobs.duties import Work
from domain.segments.commands import create_segment
from domain.tables import metadata
from tests.domain.segments.conftest import NOW


class TestRefreshSegments:
    async def test_who_meets_a_rule_since_is_in_its_segment(
        self, engine: AsyncEngine, tmp_path: Path
    ) -> None:
        async with AsyncSession(engine) as session, session.begin():
            rule = {"trait": {"name": "REGION", "in": ["서울"]}}
            await create_segment(session, {"name": "Seoul", "rule": rule}, now=NOW)
            await create_segment(session, {"name": "VIP"}, now=NOW)
            await session.execute(text("INSERT INTO customers (id, name, region) VALUES (1, 'a', '서울')"))
        (duty,) = [each for each in CHORES if each.kind == REFRESH_SEGMENTS]

        tomorrow = NOW + timedelta(days=1)
        await duty.does(Work(engine=engine, exports=tmp_path, tables=metadata, now=lambda: tomorrow))

        async with engine.connect() as connection:
            found = await connection.execute(text("SELECT customer_id FROM segment_members"))
        assert [tuple(row) for row in found] == [(1,)]
