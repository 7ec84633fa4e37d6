"""What the people of the company did with what they know: stages told at the ends of months, segments, targets, rates.

Everything is told in the order of time, so that the last quarter has a past: who moved from stage to stage, who came
into a segment and who left it.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.customers.lifecycle import refresh_lifecycle
from domain.demo.period import Period
from domain.rules.reading import JsonRule
from domain.segments.commands import create_segment
from domain.segments.refresh import refresh_segment

MONTHS = 3
"""Ends of months before the last day at which customers are looked at."""

SEGMENTS: Mapping[str, JsonRule] = {
    "단골": {"orders": {"atLeast": 6, "days": 365}},
    "큰손": {"revenue": {"currency": "KRW", "atLeast": "2000000", "days": 365}},
}
"""Those who order often, and those who spend much, within a year."""

GROWTH = "1.08"
"""Targets are what the month brought a year before, by so much more, in whole millions."""

_TARGETS = """
    INSERT INTO targets (cube, aggregate, cut, period_from, period_to, value)
    SELECT 'sales', 'net_revenue', 'currency:KRW', (month + interval '1 year')::date,
           (month + interval '1 year 1 month')::date, ceil(brought * CAST(:growth AS numeric) / 1000000) * 1000000
    FROM (
        SELECT date_trunc('month', o.ordered_at AT TIME ZONE 'Asia/Seoul') AS month, sum(l.net_revenue) AS brought
        FROM orders o JOIN order_lines l ON l.order_id = o.id GROUP BY 1
    ) months
    WHERE month >= CAST(:first AS date) AND month >= CAST(:until AS date) - interval '2 years'
      AND month + interval '1 year 1 month' <= CAST(:until AS date)
    ORDER BY month
"""

# Won to the dollar, quarter by quarter, again and again: round figures, as a treasury plans with.
_RATES = """
    INSERT INTO exchange_rates (from_currency, to_currency, valid_on, rate, source_system)
    SELECT 'KRW', 'USD', begun::date,
           round(1.0 / (ARRAY[1310, 1330, 1350, 1380, 1390, 1400, 1370, 1340])[
               1 + mod(extract(year FROM begun)::int * 4 + extract(quarter FROM begun)::int, 8)], 10), 'treasury'
    FROM generate_series(date_trunc('quarter', CAST(:first AS date)), CAST(:until AS date) - 1, '3 months') begun
    ORDER BY begun
"""


async def steer(session: AsyncSession, period: Period) -> None:
    """Customers are in the stages that the end of the period tells, and were in those of the ends of months before;
    so they are in SEGMENTS. Each whole month of the last year has a target, each quarter a rate from won to dollars."""
    made: dict[str, int] = {}
    for moment in _moments(period):
        await refresh_lifecycle(session, now=moment)
        for name, rule in SEGMENTS.items():
            if name in made:
                await refresh_segment(session, made[name], now=moment)
            else:
                made[name] = await create_segment(session, {"name": name, "rule": rule}, now=moment)
    given = {"first": period.start, "until": period.until, "growth": GROWTH}
    await session.execute(text(_TARGETS), given)
    await session.execute(text(_RATES), {"first": period.start, "until": period.until})


def _moments(period: Period) -> list[datetime]:
    """The last seconds of the months before, as far as the period holds them, and of the period."""
    number = period.until.year * 12 + period.until.month - 1
    begun = [date(at // 12, at % 12 + 1, 1) for at in range(number - MONTHS, number + 1)]
    ends = {*(day for day in begun if period.start < day < period.until), period.until}
    return [_last_second(period, day) for day in sorted(ends)]


def _last_second(period: Period, day: date) -> datetime:
    return datetime.fromtimestamp(int(period.moment((day - period.start).days, 0)) - 1, UTC)
