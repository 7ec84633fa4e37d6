"""Scores are worked out over the star and carried back into the store."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner

from api.cli.main import app
from api.scoring import score
from domain.scores.errors import SchemeNotFound
from domain.scores.writing import Scored

NOW = datetime(2026, 1, 1, 15, 30, tzinfo=UTC)
"""2 January in Seoul: the last whole day is the first."""

PEOPLE = """
    INSERT INTO customers (id, name) VALUES (1, 'a'), (2, 'b');
    INSERT INTO orders (id, source_system, source_id, number, customer_id, ordered_at, currency) VALUES
        (1, 't', '1', '1', 1, '2025-12-31 15:00+00', 'KRW'), (2, 't', '2', '2', 2, '2026-01-01 15:00+00', 'KRW');
    INSERT INTO order_lines (order_id, position, kind, quantity, unit_price) VALUES
        (1, 1, 'SALE', 1, 500000), (2, 1, 'SALE', 1, 7)
"""


@pytest.fixture(autouse=True)
async def people(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        for statement in PEOPLE.split(";"):
            await connection.execute(text(statement))


class TestScore:
    async def test_customers_are_scored_at_the_end_of_the_last_whole_day(
        self, engine: AsyncEngine, database: str
    ) -> None:
        first = await score(engine, database, now=NOW)
        again = await score(engine, database, now=NOW)

        assert (first, again) == ({"default": Scored(2, 2)}, {"default": Scored(2, 0)})
        async with engine.connect() as connection:
            found = await connection.execute(
                text("""
                    SELECT customer_id, concat(recency, frequency, monetary), valid_from, mean_order_value::text
                    FROM rfm_scores ORDER BY 1
                """)
            )
        assert [tuple(row) for row in found] == [
            (1, "313", date(2026, 1, 1), "500000.0000"),
            (2, "111", date(2026, 1, 1), None),
        ]

    async def test_a_scheme_that_is_none_is_told_those_that_are(
        self, engine: AsyncEngine, database: str
    ) -> None:
        with pytest.raises(SchemeNotFound, match="schemes: default"):
            await score(engine, database, now=NOW, scheme="other")


class TestCommand:
    def test_it_says_what_was_scored(self, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DANGOL_DATABASE_URL", database)

        done = CliRunner().invoke(app, ["cube", "score", "--on", "2026-01-02"])

        assert done.output == "default: 2 customers scored, 2 changed\n"
