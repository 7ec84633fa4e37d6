"""Which day scores are due of, by the company's clock, and what is due of it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.scores.nights import day_to_tell, lifetimes_due, refresh_stages_nightly, scores_due

KEPT = """
    INSERT INTO lifetime_scores (customer_id, currency, scored_on, model, version, weeks, margin, discount, repeat_days,
                                 p_alive, expected_orders)
    SELECT c.id, d.currency, d.day, 'BG/NBD', 1, d.weeks, 0.3, 0.1, 1, 0.5, 2
    FROM customers c CROSS JOIN (
        VALUES ('KRW', date '2026-02-09', 26), ('KRW', '2025-12-31', 52), ('USD', '2026-02-10', 4)
    ) AS d (currency, day, weeks)
"""


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 2, 10, hour, minute, tzinfo=UTC)


@pytest.fixture
async def company(session: AsyncSession) -> AsyncSession:
    await session.execute(text("INSERT INTO customers (id, name) VALUES (1, 'a'), (2, 'b')"))
    return session


class TestDayToTell:
    @pytest.mark.parametrize(
        ("zone", "now", "day"),
        [
            ("Asia/Seoul", at(16, 59), date(2026, 2, 9)),
            ("Asia/Seoul", at(17), date(2026, 2, 10)),
            ("America/Los_Angeles", at(9, 59), date(2026, 2, 8)),
            ("America/Los_Angeles", at(10), date(2026, 2, 9)),
            ("Pacific/Auckland", at(13), date(2026, 2, 10)),
            ("UTC", at(1, 59), date(2026, 2, 8)),
        ],
        ids=str,
    )
    async def test_it_is_yesterday_from_two_in_the_night_on(
        self, session: AsyncSession, zone: str, now: datetime, day: date
    ) -> None:
        await session.execute(text("UPDATE company SET time_zone = :zone"), {"zone": zone})

        assert await day_to_tell(session, now) == day


class TestScoresDue:
    @pytest.mark.parametrize(
        ("until", "due"), [(None, True), (date(2026, 2, 9), True), (date(2026, 2, 10), False)], ids=str
    )
    async def test_until_each_scheme_that_stands_has_told_the_day(
        self, company: AsyncSession, until: date | None, due: bool
    ) -> None:
        if until is not None:
            await company.execute(
                text("INSERT INTO rfm_runs (scheme, scored_on) VALUES ('default', :until)"), {"until": until}
            )

        assert await scores_due(company, at(17, 30)) is due


class TestLifetimesDue:
    async def test_nothing_is_before_somebody_has_kept_what_he_told(self, company: AsyncSession) -> None:
        assert await lifetimes_due(company, at(17, 45)) == []

    async def test_it_is_what_was_told_last_in_each_currency_on_its_terms(
        self, company: AsyncSession
    ) -> None:
        await company.execute(text(KEPT))
        await company.execute(
            text(
                "INSERT INTO lifetime_runs (currency, scored_on) VALUES ('KRW', '2025-12-31'), ('USD', '2026-02-10')"
            )
        )

        due = await lifetimes_due(company, at(17, 45))

        assert [(each.currency, each.scored_on, each.weeks, float(each.margin)) for each in due] == [
            ("KRW", date(2026, 2, 9), 26, 0.3)
        ]


class TestStages:
    @pytest.mark.parametrize(
        ("zone", "early", "two"),
        [("Asia/Seoul", at(16, 59), at(17)), ("Asia/Kolkata", at(20, 29), at(20, 30))],
        ids=["Seoul", "Kolkata"],
    )
    async def test_they_are_told_once_a_night_by_the_companys_clock(
        self, company: AsyncSession, zone: str, early: datetime, two: datetime
    ) -> None:
        await company.execute(text("UPDATE company SET time_zone = :zone"), {"zone": zone})
        await company.execute(
            text(
                "INSERT INTO lifecycle_rules (valid_from, growing_orders, loyal_orders, loyal_within_days, "
                "at_risk_days, lapsed_days, won_back_days) VALUES ('2026-01-01', 2, 3, 365, 1, 2, 90)"
            )
        )
        nights = [early, two, two + timedelta(hours=1), two + timedelta(hours=23), two + timedelta(days=1)]

        moved = []
        for night in nights:
            # Whoever was told is wrong again before the next time.
            await company.execute(text("UPDATE customers SET lifecycle_stage = 'NEW'"))
            moved.append(await refresh_stages_nightly(company, night))

        assert moved == [2, 2, None, None, 2]

    async def test_a_clock_that_is_set_back_tells_no_night_twice(self, company: AsyncSession) -> None:
        await refresh_stages_nightly(company, at(17))
        await company.execute(text("UPDATE company SET time_zone = 'America/Los_Angeles'"))

        assert await refresh_stages_nightly(company, at(18)) is None
