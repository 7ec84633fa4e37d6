"""`dangol cube lifetime` on a store: models, a file, and what it refuses."""

import asyncio
import csv
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.lifetimes import foretelling
from domain.jobs.duties import Work
from domain.selection import ids
from domain.tables import metadata
from olap.mining.lifetime.values import TooFewOrders

SHOP = """
    INSERT INTO customers (id, name) SELECT i, 'c' || i FROM generate_series(1, 200) i;
    INSERT INTO orders (id, source_system, source_id, number, customer_id, ordered_at, currency)
    SELECT i * 20 + n, 't', i * 20 + n, i * 20 + n, i,
           timestamptz '2025-01-01 03:00+00' + (i % 60 + n * (7 + i % 23)) * interval '1 day', 'KRW'
    FROM generate_series(1, 200) i, generate_series(0, 12) n WHERE n <= (i * 7) % 13;
    INSERT INTO order_lines (order_id, position, kind, quantity, unit_price)
    SELECT id, 1, 'SALE', 1, 1000 + customer_id * 100 + id % 7 * 50 FROM orders
"""


DAYS = """
    SELECT scored_on, weeks, margin::float8, count(*) FROM lifetime_scores GROUP BY 1, 2, 3 ORDER BY 1
"""
KEPT = """
    SELECT model, customer_id, p_alive::float8, (1 - p_alive)::float8, expected_orders::float8, mean_amount::float8,
           value::float8
    FROM lifetime_scores WHERE (scored_on, currency, version, weeks, margin) = ('2025-12-31', 'KRW', 1, 26, 0.3)
    ORDER BY customer_id
"""


@pytest.fixture
def dangol(database: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("DANGOL_DATABASE_URL", database)
    return lambda *arguments: CliRunner().invoke(app, ["cube", "lifetime", *arguments])


@pytest.fixture
async def shop(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        for statement in SHOP.split(";"):
            await connection.execute(text(statement))


@pytest.mark.usefixtures("shop")
class TestLifetime:
    def test_models_are_told_and_customers_written(
        self, dangol: Callable[..., Result], tmp_path: Path
    ) -> None:
        out = tmp_path / "values.csv"

        done = dangol("--on", "2025-12-31", "--weeks", "26", "--out", str(out))

        lines = done.output.splitlines()
        assert [line.split()[0] for line in lines[:4]] == ["Orders", "BG/NBD", "Pareto/NBD", "gamma-gamma"]
        assert lines[0] == "Orders in KRW by the end of 2025-12-31:"
        assert lines[4].endswith("KRW")
        with out.open() as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == 200
        assert rows[0]["customer"] == ids.made("Customer", 1)
        assert {row["model"] for row in rows} == {"BG/NBD", "Pareto/NBD"}
        assert all(0 < float(row["p_alive"]) <= 1 for row in rows)

    def test_a_currency_in_which_nobody_orders_has_too_few(self, dangol: Callable[..., Result]) -> None:
        refused = dangol("--currency", "USD")

        assert isinstance(refused.exception, TooFewOrders)
        assert str(refused.exception) == (
            "0 of 0 customers have ordered on two days or more in this currency; to fit the models it takes 50"
        )


@pytest.mark.usefixtures("shop")
class TestKept:
    async def test_scores_are_the_values_of_the_file_and_a_second_run_writes_none(
        self, dangol: Callable[..., Result], tmp_path: Path, engine: AsyncEngine
    ) -> None:
        out = tmp_path / "values.csv"
        given = ("--on", "2025-12-31", "--weeks", "26", "--margin", "0.3", "--out", str(out), "--keep")

        done = [await asyncio.to_thread(dangol, *given) for _ in range(2)]

        assert [each.output.splitlines()[-1] for each in done] == [
            "200 customers scored, 200 changed",
            "200 customers scored, 0 changed",
        ]
        async with engine.connect() as connection:
            kept = (await connection.execute(text(KEPT))).all()
        with out.open() as file:
            rows = list(csv.DictReader(file))
        assert [row[0] for row in kept] == [row["model"] for row in rows]
        assert [ids.made("Customer", row[1]) for row in kept] == [row["customer"] for row in rows]
        for name, place in {"p_alive": 2, "churn_risk": 3, "expected_orders": 4}.items():
            assert [row[place] for row in kept] == pytest.approx(
                [float(row[name]) for row in rows], abs=1e-10
            )
        for name, place in {"mean_amount": 5, "value": 6}.items():
            assert [row[place] for row in kept] == pytest.approx([float(row[name]) for row in rows], abs=1e-4)

    async def test_a_day_told_anew_is_another_and_who_was_erased_is_not_written(
        self, dangol: Callable[..., Result], engine: AsyncEngine
    ) -> None:
        await asyncio.to_thread(dangol, "--on", "2025-12-31", "--keep")
        async with engine.begin() as connection:
            await connection.execute(text("DELETE FROM lifetime_scores WHERE customer_id = 7"))
            await connection.execute(text("UPDATE customers SET erased_at = now() WHERE id = 7"))

        again = await asyncio.to_thread(dangol, "--on", "2025-12-31", "--weeks", "4", "--keep")

        assert again.output.splitlines()[-1] == "200 customers scored, 199 changed"
        async with engine.connect() as connection:
            found = (
                await connection.execute(text("SELECT count(*), min(weeks), max(weeks) FROM lifetime_scores"))
            ).one()
        assert tuple(found) == (199, 4, 4)


@pytest.mark.usefixtures("shop")
class TestNights:
    async def test_what_was_kept_is_told_anew_each_night_on_the_same_terms(
        self, dangol: Callable[..., Result], engine: AsyncEngine, database: str, tmp_path: Path
    ) -> None:
        async def night(now: datetime) -> list[tuple[object, ...]]:
            work = Work(engine=engine, exports=tmp_path, tables=metadata, now=lambda: now)
            await foretelling(database).does(work)
            async with engine.connect() as connection:
                return [tuple(row) for row in await connection.execute(text(DAYS))]

        before = await night(datetime(2025, 12, 30, 18, tzinfo=UTC))
        await asyncio.to_thread(dangol, "--on", "2025-12-30", "--weeks", "26", "--margin", "0.3", "--keep")
        first, second, again, third = [
            await night(datetime(2025, 12, 31, 18, tzinfo=UTC) + timedelta(hours=hours))
            for hours in (0, 24, 30, 48)
        ]

        assert before == []
        assert first == [(date(2025, 12, 31), 26, 0.3, 200)]
        assert second == again == [*first, (date(2026, 1, 1), 26, 0.3, 200)]
        assert third == [*first, (date(2026, 1, 2), 26, 0.3, 200)]

    async def test_where_too_few_come_again_the_night_goes_by(
        self, dangol: Callable[..., Result], engine: AsyncEngine, database: str, tmp_path: Path
    ) -> None:
        await asyncio.to_thread(dangol, "--on", "2025-12-30", "--keep")
        async with engine.begin() as connection:
            await connection.execute(text("DELETE FROM orders WHERE customer_id > 20"))
        work = Work(
            engine=engine, exports=tmp_path, tables=metadata, now=lambda: datetime(2026, 1, 5, 18, tzinfo=UTC)
        )

        await foretelling(database).does(work)

        async with engine.connect() as connection:
            assert [row.scored_on for row in await connection.execute(text(DAYS))] == [date(2025, 12, 30)]


class TestWrongWords:
    @pytest.mark.parametrize(
        "wrong",
        [("--out", "values.xls"), ("--weeks", "0"), ("--margin", "2"), ("--on", "2025-02-30")],
        ids=" ".join,
    )
    def test_they_are_refused_before_anything_is_read(
        self, dangol: Callable[..., Result], wrong: tuple[str, ...]
    ) -> None:
        assert dangol(*wrong).exit_code == 2
