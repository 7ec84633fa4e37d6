"""Loading the demo company: the same for the same seed, only into an empty store, all or nothing, one event each."""

import io
from typing import Any

import asyncpg
import pyarrow as pa
import pyarrow.csv
import pytest

from domain.demo import copying
from domain.demo.load import load
from domain.demo.tables import generate
from domain.errors import Conflict, Invalid
from tests.domain.demo.asking import UNTIL, Connection, none_of

ROOTS = {
    "branches": "branch",
    "users": "user",
    "categories": "category",
    "products": "product",
    "customers": "customer",
    "orders": "order",
    "offers": "offer",
    "offer_grants": "offer_grant",
    "touchpoints": "touchpoint",
    "points_entries": "points_entry",
    "consents": "consent",
    "cases": "case",
    "households": "household",
    "opportunities": "opportunity",
    "tasks": "task",
    "warehouses": "warehouse",
    "stock_levels": "stock_level",
    "payments": "payment",
    "shipments": "shipment",
    "segments": "segment",
    "targets": "target",
    "exchange_rates": "exchange_rate",
}


def text(tables: dict[str, pa.Table]) -> bytes:
    """All the tables as they are sent to the store."""
    written = io.BytesIO()
    for table in tables.values():
        pa.csv.write_csv(table, written)
    return written.getvalue()


async def counted(url: str, table: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))
    finally:
        await connection.close()


class TestGenerate:
    def test_the_same_seed_and_size_give_the_same_bytes(self) -> None:
        once = text(generate(size=200, until=UNTIL, seed=7))
        again = text(generate(size=200, until=UNTIL, seed=7))

        assert once == again

    def test_another_seed_gives_another_company(self) -> None:
        one = generate(size=200, until=UNTIL, seed=7)
        other = generate(size=200, until=UNTIL, seed=8)

        assert not one["customers"].equals(other["customers"])
        assert not one["orders"].equals(other["orders"])

    def test_a_period_that_ends_on_a_leap_day_begins_on_the_28th(self) -> None:
        tables = generate(size=60, years=1, until=UNTIL.replace(year=2024, month=2, day=29))

        assert tables["orders"].num_rows > 50

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ({"size": 10}, "size is 10; allowed: 50 to 1000000 customers"),
            ({"size": 100, "years": 0}, "years is 0; allowed: 1 to 10"),
            (
                {"size": 100, "until": UNTIL.replace(year=1999)},
                "until is 1999-01-01; allowed: 2015-01-01 to 2049-12-31",
            ),
        ],
    )
    def test_what_it_cannot_make_is_refused_by_name(self, wrong: dict[str, Any], message: str) -> None:
        with pytest.raises(Invalid) as refused:
            generate(**{"until": UNTIL, **wrong})

        assert str(refused.value) == message


class TestLoad:
    async def test_the_progress_rises_to_the_end(self, database: str) -> None:
        seen: list[tuple[int, int]] = []

        report = await load(
            database, size=300, until=UNTIL, progress=lambda _, done, total: seen.append((done, total))
        )

        assert report.rows["customers"] == 300
        assert seen == sorted(seen)
        assert seen[-1] == (sum(report.rows.values()), sum(report.rows.values()))

    async def test_a_store_with_customers_is_left_alone(self, database: str) -> None:
        connection = await asyncpg.connect(database)
        await connection.execute("INSERT INTO customers (name) VALUES ('홍길동')")
        await connection.close()

        with pytest.raises(
            Conflict, match=r"already holds data \(customers: 1\); .* only into an empty store"
        ):
            await load(database, size=100, until=UNTIL)

        assert await counted(database, "customers") == 1
        assert await counted(database, "orders") == 0

    async def test_a_second_company_is_refused(self, database: str) -> None:
        await load(database, size=100, until=UNTIL)

        with pytest.raises(Conflict, match="empty store"):
            await load(database, size=100, until=UNTIL)

        assert await counted(database, "customers") == 100

    async def test_users_who_are_there_stay_and_keys_follow_theirs(self, database: str) -> None:
        connection = await asyncpg.connect(database)
        await connection.execute("INSERT INTO users (subject, name, role) VALUES ('me', '나', 'ADMIN')")
        await connection.close()

        report = await load(database, size=100, until=UNTIL)

        assert await counted(database, "users") == report.rows["users"] + 1
        assert await counted(database, "users WHERE id = 1 AND subject = 'me'") == 1
        assert await counted(database, "user_branches WHERE user_id = 1") == 0
        assert (
            await counted(database, "customers c JOIN users u ON u.id = c.owner_id WHERE u.role = 'AGENT'")
            > 0
        )

    async def test_keys_given_out_later_do_not_collide(self, database: str) -> None:
        await load(database, size=100, until=UNTIL)
        connection = await asyncpg.connect(database)
        try:
            made = await connection.fetchval("INSERT INTO customers (name) VALUES ('홍길동') RETURNING id")
            await connection.execute(
                "INSERT INTO contact_points (customer_id, position, kind, value) VALUES ($1, 1, 'EMAIL', 'a@b')",
                made,
            )
        finally:
            await connection.close()

        assert made == 101

    async def test_a_run_that_breaks_in_the_middle_leaves_nothing(
        self, database: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def breaks(table: str, done: int, total: int) -> None:
            if table == "order_lines":
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            await load(database, size=100, until=UNTIL, progress=breaks)

        for table in (*ROOTS, "change"):
            assert await counted(database, table) == 0, table
        report = await load(database, size=100, until=UNTIL)
        assert await counted(database, "orders") == report.rows["orders"]

    async def test_what_is_loaded_is_what_was_generated(self, database: str) -> None:
        made = generate(size=100, until=UNTIL, seed=5)

        await load(database, size=100, until=UNTIL, seed=5)

        connection = await asyncpg.connect(database)
        try:
            for name in ("customers", "orders", "order_lines", "offer_grant_states", "touchpoints"):
                table = made[name]
                rows = await connection.fetch(
                    f"SELECT {', '.join(table.column_names)} FROM {name} ORDER BY id"
                )
                assert len(rows) == table.num_rows
                for column in (
                    "id",
                    "customer_id",
                    "name",
                    "unit_price",
                    "source_id",
                    "state",
                    "channel",
                    "rating",
                ):
                    if column in table.column_names:
                        assert [row[column] for row in rows] == table[column].to_pylist(), f"{name}.{column}"
        finally:
            await connection.close()


class TestFeed:
    async def test_each_aggregate_has_exactly_one_event(self, asked: Connection) -> None:
        for table, aggregate in ROOTS.items():
            await none_of(
                asked,
                f"""SELECT r.id FROM {table} r LEFT JOIN change c
                        ON c.aggregate = '{aggregate}' AND c.aggregate_id = r.id
                    GROUP BY r.id, r.version
                    HAVING count(c.id) <> 1 OR min(c.operation) <> 'CREATED' OR r.version <> 1
                        OR min(c.origin) <> 'demo'""",
            )

    async def test_there_are_no_other_events(self, asked: Connection) -> None:
        events = await asked.fetchval("SELECT count(*) FROM change")
        aggregates = sum([await asked.fetchval(f"SELECT count(*) FROM {table}") for table in ROOTS])
        came_and_went = await asked.fetchval("SELECT count(*) + count(left_at) FROM segment_members")

        assert events == aggregates + came_and_went


class TestKeys:
    def test_only_keys_and_references_are_shifted(self) -> None:
        table = pa.table({"id": [1, 2], "customer_id": [7, None], "position": [1, 2]})

        shifted = copying.shift("contact_points", table, {"contact_points": 10, "customers": 100})

        assert shifted.to_pydict() == {"id": [11, 12], "customer_id": [107, None], "position": [1, 2]}
