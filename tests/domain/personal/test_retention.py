"""What is past its period is listed, then taken away; what is not stays."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.db import run
from domain.errors import Invalid
from domain.personal import retention
from domain.personal.errors import NoRetentionRule
from domain.personal.model import Purpose, Tag
from domain.personal.retaining import due, retain, set_retention
from domain.tables import metadata
from tests.domain.personal.conftest import NOW
from tests.domain.personal.person import MARK

Rows = Callable[..., Any]
LATER = timedelta(days=1_200)
MUCH_LATER = timedelta(days=2_000)


@pytest.fixture
def listed(person: str, engine: AsyncEngine) -> Callable[..., Any]:
    """How many rows are due at each place, places with none left out."""

    async def ask(later: timedelta) -> dict[str, int]:
        found = await run(
            engine, lambda session: due(session, now=NOW + later, tables=metadata), origin="test"
        )
        return {f"{each.place.name} {each.place.tag}": each.rows for each in found if each.rows}

    return ask


class TestListing:
    async def test_nothing_is_due_in_a_young_store(self, listed: Any) -> None:
        assert await listed(timedelta()) == {}

    async def test_what_was_said_in_service_is_due_after_three_years(self, listed: Any) -> None:
        found = await listed(LATER)

        assert found["touchpoints: note SENSITIVE"] == 3
        assert found["touchpoints: subject BASIC"] == 2
        assert found["case_moves: reason SENSITIVE"] == 2
        assert "contact_points CONTACT" not in found

    async def test_a_customer_who_was_silent_for_five_years_is_due_as_a_whole(self, listed: Any) -> None:
        found = await listed(MUCH_LATER)

        assert found["contact_points CONTACT"] == 3
        assert found["customer_external_ids UNIQUE"] == 3
        assert sum(rows for place, rows in found.items() if place.startswith("customers:")) == 2

    async def test_a_customer_who_ordered_since_is_not(
        self, listed: Any, engine: AsyncEngine, rows: Rows
    ) -> None:
        await rows(f"""
            INSERT INTO orders (source_system, source_id, number, ordered_at, currency, customer_id)
            VALUES ('erp', '9', '9', timestamptz '{NOW + MUCH_LATER - timedelta(days=1)}', 'KRW', 1)
        """)

        assert (await listed(MUCH_LATER))["contact_points CONTACT"] == 1

    async def test_a_place_without_a_period_is_never_due(self, listed: Any, rows: Rows) -> None:
        await rows("UPDATE retention_rules SET days = NULL WHERE purpose = 'SERVICE'")

        assert not [place for place in await listed(MUCH_LATER) if place.startswith("touchpoints")]


COUNTED = f"""
    INSERT INTO usage_calls (day, role, client, kind, operation, calls)
    SELECT date '{NOW.date()}' - days, 'AGENT', 'MACHINE', 'QUERY', 'customers', 1
    FROM unnest(ARRAY[1095, 1096, 1097, 1098]) AS days
"""


class TestCallsByDay:
    async def test_they_go_with_the_access_log_once_their_day_is_past(
        self, engine: AsyncEngine, rows: Rows
    ) -> None:
        await rows(COUNTED)

        await retain(engine, now=NOW, tables=metadata)

        left = await rows(f"SELECT date '{NOW.date()}' - day AS days FROM usage_calls ORDER BY days")
        assert left == [(1095,), (1096,)]
        assert await rows("SELECT place, due, done FROM retention_run_items") == [("usage_calls", 2, 2)]

    async def test_the_period_is_the_companys_to_set(self, engine: AsyncEngine, rows: Rows) -> None:
        await rows(COUNTED)
        await run(
            engine,
            lambda session: set_retention(session, Tag.UNIQUE, Purpose.ACCESS, days=None),
            origin="test",
        )

        await retain(engine, now=NOW, tables=metadata)

        assert await rows("SELECT count(*) FROM usage_calls") == [(4,)]


class TestRun:
    async def test_it_takes_away_what_it_listed_and_says_how_much(
        self, listed: Any, engine: AsyncEngine, rows: Rows
    ) -> None:
        expected = await listed(LATER)

        await retain(engine, now=NOW + LATER, tables=metadata)

        items = await rows("SELECT place || ' ' || tag, due, done FROM retention_run_items")
        assert {place: count for place, count, _ in items} == expected
        assert all(count == done for _, count, done in items)
        assert await rows("SELECT state FROM retention_runs") == [("DONE",)]
        assert await rows("SELECT note, subject FROM touchpoints WHERE note IS NOT NULL") == []
        assert await rows("SELECT count(*) FROM contact_points") == [(3,)]

    async def test_after_everything_is_past_nothing_marked_is_left_and_nothing_more_is_due(
        self, listed: Any, engine: AsyncEngine, everything: Rows
    ) -> None:
        await retain(engine, now=NOW + MUCH_LATER, tables=metadata)

        assert await listed(MUCH_LATER) == {}
        kept = {"households", "source_versions", "idempotency_records", "customer_attributes"}
        left = [
            name for name, lines in (await everything()).items() if name not in kept and MARK in str(lines)
        ]
        assert left == []

    async def test_more_rows_than_a_batch_are_all_taken(
        self, engine: AsyncEngine, rows: Rows, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(retention, "BATCH", 2)
        monkeypatch.setattr("domain.personal.retaining.BATCH", 2)

        await retain(engine, now=NOW + MUCH_LATER, tables=metadata)

        assert await rows("SELECT count(*) FROM contact_points") == [(0,)]

    async def test_it_leaves_no_history_of_what_it_took(self, engine: AsyncEngine, rows: Rows) -> None:
        await retain(engine, now=NOW + MUCH_LATER, tables=metadata)

        assert await rows("SELECT count(*) FROM customer_history") == [(0,)]


class TestPeriods:
    async def test_a_period_is_set(self, person: str, engine: AsyncEngine, rows: Rows) -> None:
        await run(
            engine,
            lambda session: set_retention(session, Tag.SENSITIVE, Purpose.SERVICE, days=90),
            origin="test",
        )

        assert await rows(
            "SELECT days FROM retention_rules WHERE tag = 'SENSITIVE' AND purpose = 'SERVICE'"
        ) == [(90,)]

    @pytest.mark.parametrize("days", [0, -1, 36_501])
    async def test_a_period_out_of_bounds_is_refused(
        self, person: str, engine: AsyncEngine, days: int
    ) -> None:
        with pytest.raises(Invalid, match=f"days is {days}; 1 to 36500 are allowed, or null"):
            await run(
                engine,
                lambda session: set_retention(session, Tag.BASIC, Purpose.SERVICE, days=days),
                origin="test",
            )

    async def test_what_is_not_held_has_no_period(self, person: str, engine: AsyncEngine) -> None:
        with pytest.raises(NoRetentionRule, match="nothing of tag CONTACT is held for ACCESS"):
            await run(
                engine,
                lambda session: set_retention(session, Tag.CONTACT, Purpose.ACCESS, days=5),
                origin="test",
            )
