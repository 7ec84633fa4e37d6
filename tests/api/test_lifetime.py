"""`dangol cube lifetime` on a store: models, a file, and what it refuses."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner, Result

from api.cli.main import app
from domain.selection import ids
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
