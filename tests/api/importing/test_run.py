"""What an import does as a whole: again, dry, filtered, beside others, recorded."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from api.importing.progress import Phase, Step
from api.importing.run import run_import
from domain.errors import Conflict
from domain.intake.connections import intake_connection
from domain.intake.counts import Counts
from domain.intake.runs import claim
from tests.api.importing.conftest import LINES, ROWS, SALES, STORED, Ask, Import, csv_text


def shop_lines(system: str = "shop") -> str:
    return LINES.format(system=system)


class TestAgain:
    async def test_the_same_files_change_nothing_and_write_no_event(
        self, sales: Path, importing: Import, ask: Ask
    ) -> None:
        first = await importing(sales)
        before = await ask("SELECT max(id), count(*) FROM change")

        again = await importing(sales)

        # A customer, two products, two orders, and the customer again, who has reached a stage.
        assert (first.events, again.events) == (6, 0)
        assert (again.orders, again.customers, again.products) == (
            Counts(unchanged=2),
            Counts(unchanged=1),
            Counts(unchanged=2),
        )
        assert await ask("SELECT max(id), count(*) FROM change") == before

    async def test_a_corrected_file_replaces_its_orders(
        self, sales: Path, importing: Import, ask: Ask
    ) -> None:
        await importing(sales)
        sales.write_text(csv_text([ROWS[0], ROWS[2]]), encoding="utf-8")

        report = await importing(sales)

        assert (report.orders, report.events) == (Counts(updated=1, unchanged=1), 1)
        assert await ask(shop_lines()) == [STORED[0], STORED[2]]


class TestDryRun:
    async def test_it_tells_what_would_be_and_changes_nothing(
        self, sales: Path, importing: Import, ask: Ask
    ) -> None:
        report = await importing(sales, dry_run=True)

        assert (report.orders, report.customers, report.products, report.events) == (
            Counts(created=2),
            Counts(created=1),
            Counts(created=2),
            0,
        )
        assert "orders: 2 would be created, 0 would be updated, 0 unchanged" in report.lines()
        assert "1 file, 3 rows read: 3 taken, 0 filtered, 0 rejected" in report.lines()
        assert await ask("""
            SELECT (SELECT count(*) FROM orders) + (SELECT count(*) FROM customers) + (SELECT count(*) FROM change)
                 + (SELECT count(*) FROM products) + (SELECT count(*) FROM import_runs)
        """) == [(0,)]
        assert await ask("SELECT currency FROM company") == [("KRW",)]

    async def test_after_the_import_nothing_would_be(self, sales: Path, importing: Import) -> None:
        await importing(sales)

        report = await importing(sales, dry_run=True)

        assert (report.orders, report.customers.unchanged) == (Counts(unchanged=2), 1)


FILTERS = [
    ("time = { lt = 2026-03-02 }", 2),
    ("time = { gte = 2026-03-02T23:30:00 }", 1),
    ("time = { lt = 2026-03-01T01:00:00Z }", 0),
    ("customer = { is_null = true }", 1),
    ("customer = { is_null = false }", 2),
    ('customer = { eq = "C1" }', 2),
    ('customer = { ne = "C1" }', 0),
    ('title = { starts_with = "The" }', 1),
    ('order = { in = ["2", "3"] }', 1),
    ('price = { eq = 900.50 }, order = { lte = "1" }', 1),
]
"""A condition, and how many of the three rows meet it."""


class TestMappingAtWork:
    async def test_kinds_are_those_of_the_first_rule_that_fits(
        self, mapping: Path, sales: Path, importing: Import, ask: Ask
    ) -> None:
        mapping.write_text(
            SALES
            + '[[kind]]\nkind = "ADJUSTMENT"\nwhere = { quantity = { gte = 2 }, price = { gt = 1499.9 } }\n'
            + '[[kind]]\nkind = "RETURN"\nwhere = { quantity = { lt = 0 } }\n'
            + '[[kind]]\nkind = "FREE"\nwhere = { quantity = { in = [-1, 7] } }\n',
            encoding="utf-8",
        )

        await importing(sales)

        assert await ask("SELECT kind, quantity::int FROM order_lines ORDER BY id") == [
            ("ADJUSTMENT", 2),
            ("SALE", 1),
            ("RETURN", -1),
        ]

    async def test_a_file_gives_only_the_rows_that_meet_its_conditions(
        self, mapping: Path, sales: Path, importing: Import
    ) -> None:
        found = []
        for test, _ in FILTERS:
            mapping.write_text(SALES + f'[[file]]\nmatch = "sal*"\nwhere = {{ {test} }}\n', encoding="utf-8")
            report = await importing(sales, dry_run=True)
            found.append((test, report.rows_taken))
            assert (report.rows_read, report.rows_filtered) == (3, 3 - report.rows_taken)

        assert found == FILTERS

    async def test_a_bad_row_that_is_not_asked_for_is_not_rejected(
        self, mapping: Path, sales: Path, importing: Import
    ) -> None:
        mapping.write_text(
            SALES + '[[file]]\nmatch = "*"\nwhere = { order = { eq = "1" } }\n', encoding="utf-8"
        )
        sales.write_text(csv_text([*ROWS, ("2", "never", "x", "y", "", "", "", "")]), encoding="utf-8")

        report = await importing(sales)

        assert (report.rows_taken, report.rows_filtered, report.rows_rejected) == (2, 2, 0)

    async def test_a_row_that_cannot_be_compared_is_rejected(
        self, mapping: Path, sales: Path, importing: Import, rejects: Path
    ) -> None:
        mapping.write_text(
            SALES + '[[file]]\nmatch = "*"\nwhere = { title = { gt = 5 } }\n', encoding="utf-8"
        )

        report = await importing(sales)

        assert report.rows_rejected == 3
        assert "title: cannot be compared with 5" in rejects.read_text(encoding="utf-8")

    async def test_amounts_become_prices_and_discounts_that_add_up(
        self, mapping: Path, sales: Path, importing: Import, ask: Ask
    ) -> None:
        mapping.write_text(SALES.replace("unit_price", "amount"), encoding="utf-8")
        amounts = [("3", "10"), ("0", "-2.5"), ("7", "0"), ("2", "3.3333")]
        rows = [(str(n), ROWS[0][1], *pair, *ROWS[0][4:]) for n, pair in enumerate(amounts)]
        sales.write_text(csv_text(rows), encoding="utf-8")

        await importing(sales)

        assert await ask(
            "SELECT net_revenue::text, unit_price::text, discount::text FROM order_lines ORDER BY order_id"
        ) == [
            ("10.0000", "3.3333", "-0.0001"),
            ("-2.5000", "0.0000", "2.5000"),
            ("0.0000", "0.0000", "0.0000"),
            ("3.3333", "1.6666", "-0.0001"),
        ]

    async def test_columns_are_joined_translated_and_made_branches(
        self, mapping: Path, sales: Path, importing: Import, ask: Ask
    ) -> None:
        mapping.write_text(
            SALES.replace('id = "order"', 'id = { columns = ["order", "product"], join = "/" }').replace(
                "[line]",
                'channel = { column = "country", values = { Korea = "store" } }\nbranch = "country"\n[line]',
            ),
            encoding="utf-8",
        )

        await importing(sales)

        assert await ask(
            "SELECT o.source_id, o.channel, b.code, b.kind FROM orders o LEFT JOIN branches b ON b.id = o.branch_id "
            "ORDER BY 1"
        ) == [
            ("1/P1", "STORE", "Korea", "SHOP"),
            ("1/P2", "STORE", "Korea", "SHOP"),
            ("2/P2", None, None, None),
        ]

    async def test_times_are_read_in_the_companys_zone_unless_told(
        self, mapping: Path, sales: Path, importing: Import, ask: Ask
    ) -> None:
        mapping.write_text(
            SALES.replace("Asia/Seoul", "Europe/London") + '[read]\ntime_zone = "America/New_York"\n',
            encoding="utf-8",
        )

        await importing(sales)

        assert await ask("SELECT min(ordered_at)::text FROM orders") == [("2026-03-01 15:00:00+00",)]
        assert await ask("SELECT time_zone FROM company") == [("Europe/London",)]


class TestOtherEntities:
    async def test_customers_come_with_their_contact_points(
        self, database: str, tmp_path: Path, ask: Ask
    ) -> None:
        mapping, file = tmp_path / "m.toml", tmp_path / "people.csv"
        mapping.write_text(
            'entity = "customers"\nsystem = "crm"\n[customer]\nid = "no"\nname = "name"\nbirth_on = "born"\n'
            'gender = { column = "sex", values = { F = "FEMALE", M = "MALE" } }\nemail = "mail"\n'
            'home_branch = "shop"\n'
        )
        file.write_text(
            "no,name,born,sex,mail,shop\n1,김하나,1990-05-01,F,a@b.kr,GN\n2,이둘,1990-13-01,M,,\n"
        )

        report = await run_import(database, mapping, [file])

        assert (report.customers, report.branches, report.rows_rejected) == (Counts(created=1), 1, 1)
        assert await ask("""
            SELECT c.name, c.birth_on::text, c.gender, p.kind, p.value, b.code FROM customers c
            JOIN contact_points p ON p.customer_id = c.id JOIN branches b ON b.id = c.home_branch_id
        """) == [("김하나", "1990-05-01", "FEMALE", "EMAIL", "a@b.kr", "GN")]

    async def test_products_come_with_their_categories(self, database: str, tmp_path: Path, ask: Ask) -> None:
        mapping, file = tmp_path / "m.toml", tmp_path / "goods.csv"
        mapping.write_text(
            'entity = "products"\nsystem = "erp"\n[product]\nid = "no"\nname = "name"\ncategory = ["d", "c"]\n'
        )
        file.write_text("no,name,d,c\n1,Tea,Food,Drinks\n2,Bread,Food,\n3,Thing,,Drinks\n")

        report = await run_import(database, mapping, [file])

        assert report.products == Counts(created=3)
        assert await ask(
            "SELECT name, department, category FROM mart.product WHERE product_key > 0 ORDER BY name"
        ) == [("Bread", "Food", None), ("Tea", "Food", "Drinks"), ("Thing", None, None)]

    async def test_touchpoints_are_added_once(self, database: str, tmp_path: Path, ask: Ask) -> None:
        mapping, file = tmp_path / "m.toml", tmp_path / "calls.csv"
        mapping.write_text(
            'entity = "touchpoints"\nsystem = "calls"\n[touchpoint]\nid = "no"\noccurred_at = "at"\nrating = "stars"\n'
            'channel = { constant = "INBOUND_CALL" }\ndirection = { constant = "INBOUND" }\nnote = "said"\n'
            '[customer]\nid = "who"\n'
        )
        file.write_text(
            'no,at,stars,said,who\n1,2026-03-01T10:00Z,5,"two\nlines",C1\n2,2026-03-01T10:00Z,6,,C1\n'
        )

        first = await run_import(database, mapping, [file])
        again = await run_import(database, mapping, [file])

        assert (first.touchpoints, first.rows_rejected) == (Counts(created=1), 1)
        assert (again.touchpoints, again.events) == (Counts(unchanged=1), 0)
        assert await ask("""
            SELECT t.source_id, t.kind, t.rating, t.note, c.name FROM touchpoints t
            JOIN customers c ON c.id = t.customer_id
        """) == [("1", "CONTACT", 5, "two\nlines", "C1")]


class TestBesideOthers:
    async def test_one_import_of_a_system_runs_at_a_time(
        self, database: str, sales: Path, importing: Import
    ) -> None:
        async with intake_connection(database) as other:
            async with other.begin():
                await claim(other, "shop")

            with pytest.raises(Conflict, match="another import of 'shop' is running"):
                await importing(sales)

    async def test_an_order_changed_meanwhile_is_waited_for_and_nobody_else_waits(
        self, database: str, sales: Path, importing: Import, ask: Ask
    ) -> None:
        await importing(sales)
        hand = await asyncpg.connect(database)
        transaction = hand.transaction()
        await transaction.start()
        await hand.execute("UPDATE orders SET channel = 'WEB', ordered_at = now() WHERE source_id = '1'")
        sales.write_text(csv_text([(*ROWS[0][:2], "7", *ROWS[0][3:])]), encoding="utf-8")

        importing_now = asyncio.create_task(importing(sales))
        await asyncio.sleep(0.5)
        waited = not importing_now.done()
        reader = await asyncpg.connect(
            database, server_settings={"lock_timeout": "1s", "statement_timeout": "5s"}
        )
        read = await reader.fetchval("SELECT count(*) FROM mart.sales")
        await reader.execute("UPDATE orders SET channel = 'STORE' WHERE source_id = '2'")
        await reader.close()
        await transaction.commit()
        report = await importing_now
        await hand.close()

        assert (waited, read, report.orders) == (True, 3, Counts(updated=1))
        assert await ask(
            "SELECT o.version, o.channel, o.ordered_at::text, l.quantity::int FROM orders o "
            "JOIN order_lines l ON l.order_id = o.id WHERE o.source_id = '1'"
        ) == [(3, "WEB", "2026-03-01 01:00:00+00", 7)]


class TestRecord:
    async def test_a_run_is_recorded_with_its_counts(self, sales: Path, importing: Import, ask: Ask) -> None:
        report = await importing(sales)

        ((run_id, state, orders, finished, name),) = await ask("""
            SELECT id, state, counts -> 'orders' ->> 'created', finished_at > started_at, files -> 0 ->> 'name'
            FROM import_runs
        """)
        assert (run_id, state, orders, finished, name) == (report.run_id, "COMPLETE", "2", True, "sales.csv")

    async def test_a_run_that_was_killed_is_aborted_by_the_next(
        self, sales: Path, importing: Import, ask: Ask, database: str
    ) -> None:
        killed = await asyncpg.connect(database)
        await killed.execute("""
            INSERT INTO import_runs (system, state, mapping_digest, files_digest, files, started_at)
            VALUES ('shop', 'IN_PROGRESS', '', '', '[]', now()), ('other', 'IN_PROGRESS', '', '', '[]', now())
        """)
        await killed.close()

        await importing(sales)

        assert await ask("SELECT system, state FROM import_runs ORDER BY id") == [
            ("shop", "ABORTED"),
            ("other", "IN_PROGRESS"),
            ("shop", "COMPLETE"),
        ]

    async def test_progress_rises_to_the_end(self, sales: Path, importing: Import) -> None:
        steps: list[Step] = []

        await importing(sales, progress=steps.append)

        reading = [step for step in steps if step.phase is Phase.READING]
        assert (reading[-1].share, reading[-1].rows, reading[-1].what) == (1.0, 3, "sales.csv")
        assert [(step.what, step.share) for step in steps if step.phase is Phase.MERGING] == [
            ("customers", 1.0),
            ("products", 1.0),
            ("orders", 1.0),
        ]
