"""Memberships follow the feed: each event once, whatever dies when and however late somebody commits."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.db import run
from domain.segments import following
from domain.segments.commands import create_segment
from domain.segments.due import due_segments, note_scored
from domain.segments.follower import refresh_due
from domain.segments.following import follow_events
from domain.selection import ids
from tests.domain.segments.conftest import NOW, PEOPLE

ORDER = (
    "INSERT INTO orders (id, source_system, source_id, number, customer_id, ordered_at, currency)"
    " VALUES ({id}, 't', '{id}', '{id}', {customer}, '2026-02-28 15:00+00', 'KRW')"
)
LINE = (
    "INSERT INTO order_lines (order_id, position, kind, product_id, quantity, unit_price)"
    " VALUES ({id}, 1, 'SALE', {product}, 1, 5)"
)
RULES: dict[str, dict[str, Any]] = {
    "Seoul": {"trait": {"name": "REGION", "in": ["서울"]}},
    "buyers": {"orders": {"atLeast": 1}},
    "of food": {"bought": {"categoryId": ids.made("Category", 1)}},
    "met": {"touchpoints": {"atLeast": 1}},
    "consenting": {"consents": ["MARKETING"]},
    "cats": {"attribute": {"name": "pets", "in": ["cat"]}},
}

MET = (
    "INSERT INTO touchpoints (source_system, source_id, customer_id, channel, direction, kind, occurred_at)"
    " VALUES ('t', '9', 2, 'WEB', 'INBOUND', 'CONTACT', '2026-02-28 16:00+00')"
)
WITHDRAWN = (
    "INSERT INTO consents (customer_id, purpose, channel, given, at, source)"
    " VALUES (3, 'MARKETING', 'SMS', false, '2026-02-01', 't')"
)
ACTS: dict[str, tuple[str, list[str], list[int]]] = {
    "moves in": ("Seoul", ["UPDATE customers SET region = '서울' WHERE id = 4"], [1, 2, 4, 5]),
    "moves out": ("Seoul", ["UPDATE customers SET region = '부산' WHERE id = 1"], [2, 5]),
    "is new": ("Seoul", ["INSERT INTO customers (id, name, region) VALUES (7, 'n', '서울')"], [1, 2, 5, 7]),
    "buys": ("buyers", [ORDER.format(id=9, customer=4), LINE.format(id=9, product=2)], [1, 2, 3, 4]),
    "bought nothing": ("buyers", ["UPDATE order_lines SET kind = 'FREE' WHERE order_id = 4"], [1, 2]),
    "other customer": ("buyers", ["UPDATE orders SET customer_id = 5 WHERE id = 4"], [1, 2, 5]),
    "order gone": (
        "buyers",
        [f"DELETE FROM {each} = 4" for each in ("order_lines WHERE order_id", "orders WHERE id")],
        [1, 2],
    ),
    "is met": ("met", [MET], [1, 2, 3]),
    "withdraws": ("consenting", [WITHDRAWN], [1]),
    "attribute": (
        "cats",
        ["UPDATE customer_attribute_values SET text_value = 'cat' WHERE text_value = 'dog'"],
        [1, 2],
    ),
}


@pytest.fixture
async def company(engine: AsyncEngine) -> AsyncEngine:
    """The people, a segment for each rule, and memberships that follow from now on."""
    async with AsyncSession(engine) as session, session.begin():
        for statement in PEOPLE.split(";"):
            await session.execute(text(statement))
        for name, rule in RULES.items():
            await create_segment(session, {"name": name, "rule": rule}, now=NOW)
    await follow(engine)
    await refresh_due(engine, lambda: NOW)
    return engine


async def follow(on: AsyncEngine, now: datetime = NOW) -> int | None:
    return await run(on, lambda session: follow_events(session, now=now), origin="job")


async def act(on: AsyncEngine, *statements: str) -> None:
    async with on.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def inside(on: AsyncEngine, name: str) -> list[int]:
    query = (
        "SELECT customer_id FROM segment_members m JOIN segments s ON s.id = segment_id"
        " WHERE left_at IS NULL AND name = :name ORDER BY 1"
    )
    async with on.connect() as connection:
        return list(await connection.scalars(text(query), {"name": name}))


async def due(on: AsyncEngine, now: datetime = NOW) -> list[str]:
    async with AsyncSession(on) as session:
        found = await due_segments(session, now=now)
        names = await session.execute(text("SELECT id, name FROM segments"))
    return sorted(name for key, name in names if key in found)


class TestEvents:
    @pytest.mark.parametrize(("name", "statements", "expected"), ACTS.values(), ids=ACTS)
    async def test_who_meets_a_rule_since_is_in_and_who_does_not_is_out(
        self, company: AsyncEngine, name: str, statements: list[str], expected: list[int]
    ) -> None:
        await act(company, *statements)

        await follow(company)

        assert await inside(company, name) == expected

    async def test_a_segment_that_does_not_look_at_it_is_not_asked(self, company: AsyncEngine) -> None:
        await act(
            company,
            "DELETE FROM segment_members",
            ORDER.format(id=9, customer=4),
            LINE.format(id=9, product=2),
        )

        await follow(company)

        assert await inside(company, "buyers") == [4]
        assert await inside(company, "Seoul") == []

    async def test_a_move_in_the_tree_of_categories_makes_rules_due_that_look_at_it(
        self, company: AsyncEngine
    ) -> None:
        await act(company, "UPDATE categories SET parent_id = NULL WHERE id = 2")

        await follow(company)

        assert await due(company) == ["of food"]
        await refresh_due(company, lambda: NOW)
        assert await inside(company, "of food") == []
        assert await due(company) == []

    async def test_each_event_is_followed_once(self, company: AsyncEngine) -> None:
        await act(company, "UPDATE customers SET region = '부산' WHERE id = 1")

        counts = [await follow(company), await follow(company)]

        assert counts == [1, 0]

    async def test_a_hundred_changes_of_a_customer_are_one_membership(self, company: AsyncEngine) -> None:
        for at in range(100):
            await act(company, f"UPDATE customers SET region = '{'서울' if at % 2 else '부산'}' WHERE id = 4")

        await follow(company)

        async with company.connect() as connection:
            found = await connection.scalar(
                text("SELECT count(*) FROM segment_members WHERE customer_id = 4")
            )
        assert found == 1

    async def test_more_events_than_are_followed_one_by_one_make_all_segments_due(
        self, company: AsyncEngine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(following, "MOST", 1)
        await act(company, "UPDATE customers SET region = '서울' WHERE erased_at IS NULL")

        await follow(company)

        assert await due(company) == sorted(RULES)
        await refresh_due(company, lambda: NOW)
        assert await inside(company, "Seoul") == [1, 2, 3, 4, 5]
        assert await follow(company) == 0


class TestLate:
    async def test_who_commits_late_is_not_passed_over(self, company: AsyncEngine) -> None:
        async with company.connect() as late:
            await late.execute(text("UPDATE customers SET region = '서울' WHERE id = 4"))
            await act(company, "UPDATE customers SET region = '서울' WHERE id = 3")
            before = await follow(company)
            await late.commit()

        after = await follow(company)

        assert (before, after) == (0, 2)
        assert await inside(company, "Seoul") == [1, 2, 3, 4, 5]

    async def test_what_a_new_segment_could_not_see_it_is_asked_again(self, company: AsyncEngine) -> None:
        rule = {"trait": {"name": "REGION", "in": ["부산"]}}
        async with AsyncSession(company) as writer, writer.begin():
            await writer.execute(text("UPDATE customers SET region = '부산' WHERE id = 4"))
            async with AsyncSession(company) as session, session.begin():
                await session.execute(text("SELECT pg_current_xact_id()"))
                await create_segment(session, {"name": "Busan", "rule": rule}, now=NOW)
                await writer.commit()
                await follow(company)
        await follow(company)
        await refresh_due(company, lambda: NOW)

        assert await inside(company, "Busan") == [3, 4]

    async def test_a_feed_that_begins_anew_makes_all_segments_due(self, company: AsyncEngine) -> None:
        await act(company, "UPDATE company SET feed_epoch = feed_epoch + 1", "DELETE FROM change")

        await follow(company)

        assert await due(company) == sorted(RULES)

    async def test_days_of_the_feed_that_are_gone_make_all_segments_due(self, company: AsyncEngine) -> None:
        await act(company, "UPDATE customers SET region = '부산' WHERE id = 1")
        await act(company, "DELETE FROM change", "UPDATE customers SET region = '부산' WHERE id = 2")

        await follow(company)

        assert await due(company) == sorted(RULES)


class TestDays:
    async def test_a_new_day_makes_every_rule_due_once(self, company: AsyncEngine) -> None:
        midnight = datetime(2026, 3, 1, 15, tzinfo=UTC)

        assert await due(company, midnight - timedelta(seconds=1)) == []
        assert await due(company, midnight) == sorted(RULES)
        await refresh_due(company, lambda: midnight)
        assert await due(company, midnight + timedelta(hours=23)) == []

    async def test_who_has_aged_into_a_rule_is_in_after_midnight(self, company: AsyncEngine) -> None:
        rule = {"age": {"atLeast": 40}}
        async with AsyncSession(company) as session, session.begin():
            await create_segment(session, {"name": "forty", "rule": rule}, now=NOW)
        before = await inside(company, "forty")

        await refresh_due(company, lambda: NOW + timedelta(days=1))

        assert (before, await inside(company, "forty")) == ([1], [1, 2])

    async def test_new_scores_make_those_due_that_look_at_scores(self, company: AsyncEngine) -> None:
        rule = {"not": {"rfm": {"scheme": "default", "recency": [1]}}}
        async with AsyncSession(company) as session, session.begin():
            await create_segment(session, {"name": "active", "rule": rule}, now=NOW)
            await note_scored(session)

        assert await due(company) == ["active"]


@pytest.fixture
def killed(company: AsyncEngine, database: str) -> Callable[[], None]:
    """Another process follows the feed, and is killed when all is written and nothing committed."""

    def kill() -> None:
        started = subprocess.Popen(
            [sys.executable, "-m", "tests.domain.segments.pausing", database],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[3],
        )
        assert started.stdout is not None
        try:
            assert started.stdout.readline() == "written\n"
        finally:
            os.kill(started.pid, signal.SIGKILL)
            started.communicate()

    return kill


class TestKilled:
    async def test_between_writing_and_committing_each_event_is_followed_once(
        self, company: AsyncEngine, killed: Callable[[], None]
    ) -> None:
        await act(company, "UPDATE customers SET region = '서울' WHERE id = 4")

        await asyncio.to_thread(killed)
        between = await inside(company, "Seoul")
        count = None
        while count is None:  # until the server has noticed that the other one is gone
            count = await follow(company)

        assert between == [1, 2, 5]
        assert count == 1
        assert await inside(company, "Seoul") == [1, 2, 4, 5]

    async def test_two_at_once_do_not_follow_the_same_events(self, company: AsyncEngine) -> None:
        await act(company, "UPDATE customers SET region = '서울' WHERE id = 4")

        async with AsyncSession(company) as session, session.begin():
            first = await follow_events(session, now=NOW)
            second = await follow(company)

        assert (first, second) == (1, None)
