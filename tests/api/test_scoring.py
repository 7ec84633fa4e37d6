"""Scores are worked out over the star and carried back into the store."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner

from api.cli.main import app
from api.scoring import month_ends, score, scoring
from domain.jobs.duties import Work
from domain.scores.errors import SchemeNotFound
from domain.scores.writing import Scored
from domain.tables import metadata

NOW = datetime(2026, 1, 1, 15, 30, tzinfo=UTC)
"""2 January in Seoul: the last whole day is the first."""

PEOPLE = """
    INSERT INTO customers (id, name, joined_on) VALUES (1, 'a', '2025-12-31'), (2, 'b', '2025-11-30');
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

    async def test_the_job_scores_once_a_night(
        self, engine: AsyncEngine, database: str, tmp_path: Path
    ) -> None:
        async def scored(now: datetime) -> list[date]:
            work = Work(engine=engine, exports=tmp_path, tables=metadata, now=lambda: now)
            await scoring(database).does(work)
            async with engine.connect() as connection:
                return list(await connection.scalars(text("SELECT scored_on FROM rfm_runs")))

        # Half past midnight in Seoul: nobody was ever scored. Then each night from two on.
        first = await scored(NOW)
        async with engine.begin() as connection:
            await connection.execute(text("DELETE FROM rfm_scores"))
        same_day = await scored(NOW + timedelta(hours=12))
        async with engine.connect() as connection:
            left = await connection.scalar(text("SELECT count(*) FROM rfm_scores"))
        early = await scored(NOW + timedelta(hours=25))
        late = await scored(NOW + timedelta(hours=26))

        assert (first, same_day, left) == ([date(2026, 1, 1)], [date(2026, 1, 1)], 0)
        assert (early, late) == ([date(2026, 1, 1)], [date(2026, 1, 2)])

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

    @pytest.mark.parametrize(
        "wrong",
        [
            ["--to", "2026-01"],
            ["--anew"],
            ["--from", "2026-01", "--on", "2026-01-02"],
            ["--from", "2026-02", "--to", "2026-01"],
            ["--from", "2026-02-01"],
        ],
        ids=" ".join,
    )
    def test_days_that_fit_nothing_are_refused(self, wrong: list[str]) -> None:
        assert CliRunner().invoke(app, ["cube", "score", *wrong]).exit_code == 2


class TestMonths:
    async def test_each_end_of_a_month_is_scored_once_from_the_one_in_which_a_customer_joined(
        self, database: str, engine: AsyncEngine
    ) -> None:
        def ask(*more: str) -> list[str]:
            done = CliRunner().invoke(app, ["cube", "score", "--from", "2025-11", "--to", "2026-01", *more])
            assert done.exit_code == 0, done.output
            return [line.split(",")[-1].strip() for line in done.output.splitlines()]

        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DANGOL_DATABASE_URL", database)
            found = await asyncio.to_thread(lambda: [ask(), ask(), ask("--anew")])

        # In November nobody had ordered, in December neither: 00:00 on 1 January in Seoul is the first order. In
        # November the one of the two had not joined.
        assert found == [
            ["1 changed", "1 changed", "2 changed"],
            ["0 changed"],
            ["1 changed", "1 changed", "2 changed"],
        ]
        async with engine.connect() as connection:
            rows = await connection.execute(
                text("SELECT customer_id, valid_from, valid_to FROM rfm_scores ORDER BY 1, 2")
            )
            assert [tuple(row) for row in rows] == [
                (1, date(2025, 12, 31), date(2026, 1, 31)),
                (1, date(2026, 1, 31), None),
                (2, date(2025, 11, 30), date(2026, 1, 31)),
                (2, date(2026, 1, 31), None),
            ]

    async def test_a_night_that_comes_late_makes_up_for_the_ends_it_missed(
        self, database: str, engine: AsyncEngine
    ) -> None:
        await score(engine, database, now=NOW)
        await score(engine, database, now=datetime(2026, 4, 10, tzinfo=UTC))

        async with engine.connect() as connection:
            rows = await connection.execute(
                text("SELECT valid_from FROM rfm_scores WHERE customer_id = 1 ORDER BY 1")
            )
            assert [day for (day,) in rows] == [date(2026, 1, 1), date(2026, 3, 31), date(2026, 4, 9)]

    def test_a_month_has_one_last_day(self) -> None:
        assert month_ends(date(2024, 1, 31), date(2024, 3, 30)) == [date(2024, 1, 31), date(2024, 2, 29)]
        assert month_ends(date(2025, 12, 1), date(2025, 12, 30)) == []
