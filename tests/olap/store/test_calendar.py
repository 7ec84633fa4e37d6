"""The days of the mart are those of Python's calendar, each of them."""

from datetime import date
from typing import Any

import psycopg
import pytest

QUERY = """
    SELECT date_key, on_date, year, quarter, month, day, iso_year, iso_week, weekday,
           fiscal_year, fiscal_quarter, fiscal_month, day_kind, holiday
    FROM mart.date WHERE date_key > 0 ORDER BY date_key
"""


def told(day: date, holiday: str | None, begins: int) -> tuple[Any, ...]:
    """What the mart should say of a day, where the fiscal year begins with this month."""
    year = day.year + 1 if 1 < begins <= day.month else day.year
    month = (day.month - begins) % 12 + 1
    kind = "holiday" if holiday else "weekend" if day.weekday() >= 5 else "working_day"
    parts = (day.year, (day.month + 2) // 3, day.month, day.day, *day.isocalendar())
    return (int(day.strftime("%Y%m%d")), day, *parts, year, (month + 2) // 3, month, kind, holiday)


class TestDays:
    @pytest.mark.parametrize("begins", [1, 2, 4, 12])
    def test_each_is_told_as_python_tells_it(self, rolling: str, begins: int) -> None:
        with psycopg.connect(rolling) as connection:
            connection.execute("UPDATE company SET fiscal_year_month = %s", [begins])

            found = connection.execute(QUERY).fetchall()
            connection.rollback()

        assert len(found) > 40_000
        assert found == [told(row[1], row[-1], begins) for row in found]
