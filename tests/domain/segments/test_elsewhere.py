"""What another engine found is taken over; whoever was changed since is asked here."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain import feed
from domain.db import run
from domain.feed import Cursor
from domain.segments.commands import create_segment
from domain.segments.elsewhere import Asked, Found, refresh_by
from domain.segments.refresh import Refreshed
from tests.domain.segments.conftest import NOW, PEOPLE
from tests.domain.segments.test_following import act, inside

SEOUL = {"trait": {"name": "REGION", "in": ["서울"]}}


@pytest.fixture
async def company(engine: AsyncEngine) -> AsyncEngine:
    async with AsyncSession(engine) as session, session.begin():
        for statement in PEOPLE.split(";"):
            await session.execute(text(statement))
        await create_segment(session, {"name": "Seoul", "rule": SEOUL}, now=NOW)
    return engine


async def _since(on: AsyncEngine) -> Cursor:
    async with on.connect() as connection:
        return await feed.present(connection)


async def _refreshed(on: AsyncEngine, found: Found | None) -> tuple[Refreshed, list[Asked]]:
    asked: list[Asked] = []

    async def elsewhere(told: Asked) -> Found | None:
        asked.append(told)
        return found

    async def work(session: AsyncSession) -> Any:
        key = await session.scalar(text("SELECT id FROM segments"))
        return await refresh_by(session, key, elsewhere, now=NOW)

    return await run(on, work, origin="test"), asked


class TestRefreshBy:
    async def test_who_was_found_is_in_and_nobody_else(self, company: AsyncEngine) -> None:
        moved, asked = await _refreshed(company, Found([b"2\n3\n", b"4\n"], await _since(company)))

        assert (moved, await inside(company, "Seoul")) == (Refreshed(entered=2, left=2), [2, 3, 4])
        assert asked == [Asked(SEOUL, NOW.date(), frozenset())]

    async def test_the_attributes_told_are_those_that_the_star_holds(self, company: AsyncEngine) -> None:
        await act(
            company,
            """INSERT INTO customer_attributes (name, type, label_en, label_ko, reportable, personal) VALUES
               ('shoes', 'TEXT', 'a', 'a', true, 'NONE'), ('tea', 'TEXT', 'a', 'a', true, 'BASIC'),
               ('health', 'TEXT', 'a', 'a', true, 'SENSITIVE'), ('own2', 'TEXT', 'a', 'a', false, 'NONE')""",
        )

        _, asked = await _refreshed(company, Found([b"1\n"], await _since(company)))

        assert asked[0].attributes == {"shoes", "tea"}

    async def test_who_was_changed_since_is_asked_here(self, company: AsyncEngine) -> None:
        since = await _since(company)
        await act(
            company,
            "UPDATE customers SET region = '서울' WHERE id = 4",
            "UPDATE customers SET region = '부산' WHERE id = 1",
        )

        await _refreshed(company, Found([b"1\n2\n5\n"], since))

        assert await inside(company, "Seoul") == [2, 4, 5]

    async def test_what_a_rule_does_not_look_at_is_as_it_was_found(self, company: AsyncEngine) -> None:
        since = await _since(company)
        await act(company, "UPDATE order_lines SET quantity = 3 WHERE order_id = 1")

        await _refreshed(company, Found([b"3\n"], since))

        assert await inside(company, "Seoul") == [3]

    @pytest.mark.parametrize(
        "found", [None, Found([b"4\n"], Cursor(99, 10, 1))], ids=["nothing", "other epoch"]
    )
    async def test_where_the_other_cannot_tell_all_are_asked_here(
        self, company: AsyncEngine, found: Found | None
    ) -> None:
        await _refreshed(company, found)

        assert await inside(company, "Seoul") == [1, 2, 5]
