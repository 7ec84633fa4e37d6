"""A case in the feed: what changes nothing is told to nobody."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine


class TestUnchangedCases:
    async def test_an_update_that_changes_nothing_raises_no_version(self, engine: AsyncEngine) -> None:
        async with engine.begin() as connection:
            await connection.execute(
                text(
                    "INSERT INTO cases (kind, channel, subject, opened_at) VALUES ('ENQUIRY', 'WEB', 's', now())"
                )
            )

        async with engine.begin() as connection:
            await connection.execute(text("UPDATE cases SET topic = topic"))

        async with engine.begin() as connection:
            found = (await connection.execute(text("SELECT id, number, version FROM cases"))).one()
            events = await connection.scalar(text("SELECT count(*) FROM change WHERE aggregate = 'case'"))
        assert found.number == f"C-{found.id}"
        assert (found.version, events) == (1, 1)
