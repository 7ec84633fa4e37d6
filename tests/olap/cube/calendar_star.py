"""Stars whose calendar has every day, as the real one has: other times than a fact's own can be asked of them alone."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Table

from olap import star
from olap.engines.duckdb import DuckDB
from tests.olap.small_star import ROWS, insert

FIRST, LAST = date(2009, 1, 1), date(2013, 12, 31)

Rows = dict[Table, list[tuple[Any, ...]]]


def every_day() -> list[tuple[Any, ...]]:
    """The rows of a calendar, with the Unknown day; a day's key is its number since the first one, from 1. The fiscal
    year begins with April."""
    days = [FIRST + timedelta(days=offset) for offset in range((LAST - FIRST).days + 1)]
    rows = [
        (key, day, day.year, (day.month + 2) // 3, day.month, day.day, *day.isocalendar(), *fiscal(day))
        for key, day in enumerate(days, start=1)
    ]
    return [(0, *[None] * 11), *rows]


def fiscal(day: date) -> tuple[int, int, int]:
    """Year, quarter and month of a fiscal year from April to March."""
    month = (day.month - 4) % 12 + 1
    return day.year + (day.month >= 4), (month + 2) // 3, month


def on_every_day(rows: Rows = ROWS) -> Rows:
    """The same facts on the calendar of every day."""
    days = {row[0]: row[1] for row in rows[star.date]}
    at = star.sales.columns.keys().index("date_key")

    def moved(fact: tuple[Any, ...]) -> tuple[Any, ...]:
        day = days[fact[at]]
        return (*fact[:at], 0 if day is None else (day - FIRST).days + 1, *fact[at + 1 :])

    return {**rows, star.date: every_day(), star.sales: [moved(fact) for fact in rows[star.sales]]}


def engine_of(rows: Rows) -> DuckDB:
    """The rows in memory."""
    engine = DuckDB(threads=1)
    engine.create_tables(star.metadata)
    for table, given in rows.items():
        insert(engine, table, given)
    return engine
