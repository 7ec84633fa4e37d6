"""Nothing of an erased person is left anywhere; everything else is as it was."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Actor
from domain.customers.errors import CustomerNotFound
from domain.db import run
from domain.errors import Erased
from domain.personal.errors import ReasonMissing
from domain.personal.journal import Journal, JournalUnreadable
from domain.personal.paths import ways
from domain.personal.rules import ERASED, SUBJECT
from domain.roles import Role, Scope
from domain.tables import metadata
from tests.domain.personal.person import MARK

Everything = Callable[..., Any]
Erase = Callable[..., Any]
Rows = Callable[..., Any]


class TestErasure:
    async def test_the_person_had_something_in_every_table_with_a_rule(self, everything: Everything) -> None:
        found = await everything()

        empty = [table for table in SUBJECT if not found[table] and table != "erasures"]
        assert empty == []

    async def test_no_mark_is_left_in_any_table(self, everything: Everything, erase: Erase) -> None:
        await erase(1)

        left = {
            name: [row for row in lines if MARK in json.dumps(row)]
            for name, lines in (await everything()).items()
        }
        assert {name: lines for name, lines in left.items() if lines} == {}

    async def test_traits_that_are_no_words_are_gone_too(self, erase: Erase, rows: Rows) -> None:
        await erase(1)

        assert await rows("SELECT name, birth_on, gender FROM customers WHERE id = 1") == [
            (ERASED, None, None)
        ]
        assert await rows(
            "SELECT count(*) FROM customer_versions WHERE customer_id = 1 AND gender IS NOT NULL"
        ) == [(0,)]

    async def test_others_are_as_they_were(self, everything: Everything, erase: Erase) -> None:
        before = await everything()

        await erase(1)

        after = await everything()
        found = ways(metadata)
        for name in found:
            of_two = [_of_two(name, line) for line in before[name]]
            assert [line for line, is_his in zip(before[name], of_two, strict=True) if is_his] == [
                line for line in after[name] if _of_two(name, line)
            ], name
        assert after["source_versions"] == [
            line for line in before["source_versions"] if line["external_id"] == "C-2"
        ]

    async def test_amounts_stay(self, erase: Erase, rows: Rows) -> None:
        before = await rows("SELECT order_id, sum(net_revenue) FROM order_lines GROUP BY 1 ORDER BY 1")

        await erase(1)

        assert (
            await rows("SELECT order_id, sum(net_revenue) FROM order_lines GROUP BY 1 ORDER BY 1") == before
        )
        assert await rows("SELECT customer_id FROM orders ORDER BY id") == [(1,), (2,)]

    async def test_the_last_member_takes_the_households_name_along_others_do_not(
        self, erase: Erase, rows: Rows
    ) -> None:
        await erase(1)

        assert await rows("SELECT name FROM households ORDER BY id") == [(ERASED,), ("shared family",)]

    async def test_it_is_told_in_the_feed_and_the_access_log(self, erase: Erase, rows: Rows) -> None:
        await erase(1)

        told = await rows(
            "SELECT DISTINCT aggregate FROM change WHERE origin = 'test' AND aggregate IN ('customer', 'touchpoint')"
        )
        assert sorted(told) == [("customer",), ("touchpoint",)]
        logged = await rows("SELECT actor, kind, subject_ids, reason FROM access_log WHERE kind = 'ERASURE'")
        assert logged == [("user:system", "ERASURE", [1], "asked by letter")]

    async def test_a_second_time_changes_nothing(self, erase: Erase, everything: Everything) -> None:
        await erase(1)
        before = await everything()

        await erase(1)

        assert await everything() == before

    async def test_exports_can_be_fetched_no_more(self, erase: Erase, rows: Rows) -> None:
        await erase(1)

        assert await rows("SELECT state FROM subject_exports") == [("EXPIRED",)]
        assert await rows("SELECT kind FROM jobs.overview") == [("tidy_exports",)]

    async def test_who_may_not_see_the_customer_is_told_there_is_none(self, erase: Erase) -> None:
        stranger = Actor(subject="lee", role=Role.ADMIN, scope=Scope.BRANCH, branch_ids=frozenset({9}))

        with pytest.raises(CustomerNotFound):
            await erase(1, by=stranger)

    async def test_without_a_reason_it_is_refused(self, erase: Erase) -> None:
        with pytest.raises(ReasonMissing):
            await erase(1, reason="  ")


class TestAfterwards:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE customers SET name = 'back' WHERE id = 1",
            "UPDATE customers SET erased_at = NULL WHERE id = 1",
            "DELETE FROM customers WHERE id = 1",
            "INSERT INTO contact_points (customer_id, position, kind, value) VALUES (1, 1, 'EMAIL', 'x@example.com')",
            (
                "INSERT INTO touchpoints (source_system, source_id, customer_id, channel, direction, occurred_at, note)"
                " VALUES ('app', '9', 1, 'WEB', 'INBOUND', now(), 'again')"
            ),
            "INSERT INTO offer_grants (offer_id, customer_id, granted_at) VALUES (1, 1, now())",
            (
                "INSERT INTO cases (kind, channel, subject, customer_id, opened_at)"
                " VALUES ('COMPLAINT', 'WEB', 'again', 1, now())"
            ),
            "INSERT INTO customer_attribute_values (customer_id, attribute, text_value) VALUES (1, 'pets', 'cat')",
        ],
    )
    async def test_nothing_is_changed_and_nothing_personal_added(
        self, erase: Erase, engine: AsyncEngine, statement: str
    ) -> None:
        await erase(1)

        with pytest.raises(Erased, match="this customer was erased"):
            await run(engine, lambda session: session.execute(text(statement)), origin="test")

    async def test_orders_may_still_come(self, erase: Erase, engine: AsyncEngine) -> None:
        await erase(1)

        order = """
            INSERT INTO orders (source_system, source_id, number, ordered_at, currency, customer_id)
            VALUES ('erp', '9', '9', now(), 'KRW', 1)
        """
        await run(engine, lambda session: session.execute(text(order)), origin="test")

    async def test_an_external_id_of_the_person_is_not_taken_in_again(
        self, erase: Erase, engine: AsyncEngine
    ) -> None:
        await erase(1)

        again = "INSERT INTO customer_external_ids (system, external_id, customer_id) VALUES ('erp', 'canary-C-1', 2)"
        with pytest.raises(Erased, match="the person is not taken in again"):
            await run(engine, lambda session: session.execute(text(again)), origin="test")

    async def test_the_same_id_of_another_system_is_somebody_else(
        self, erase: Erase, engine: AsyncEngine
    ) -> None:
        await erase(1)

        other = "INSERT INTO customer_external_ids (system, external_id, customer_id) VALUES ('pos', 'canary-C-1', 2)"
        await run(engine, lambda session: session.execute(text(other)), origin="test")


class TestJournal:
    async def test_the_erasure_is_on_the_disk_and_nothing_personal_with_it(
        self, erase: Erase, journal: Journal, rows: Rows
    ) -> None:
        await erase(1)

        (entry,) = journal.entries()
        assert (entry.customer_id, entry.at) == (1, datetime(2026, 11, 22, 9, tzinfo=UTC))
        assert await rows("SELECT store_id FROM erasure_store") == [(entry.store,)]
        assert MARK not in journal.path.read_text()

    async def test_a_journal_that_cannot_be_written_stops_the_erasure(
        self, erase: Erase, journal: Journal, rows: Rows
    ) -> None:
        journal.path.mkdir(parents=True)

        with pytest.raises(JournalUnreadable, match="cannot be written"):
            await erase(1)

        assert await rows("SELECT erased_at FROM customers WHERE id = 1") == [(None,)]

    async def test_it_is_written_before_the_commit(
        self, erase: Erase, journal: Journal, person: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: list[Any] = []
        append = Journal.append

        def watched(self: Journal, entries: Any) -> None:
            append(self, entries)
            seen.extend(self.entries())

        monkeypatch.setattr(Journal, "append", watched)
        connection = await asyncpg.connect(person)
        await connection.execute("""
            CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'no commit'; END $$;
            CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON erasures DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION fail();
        """)

        try:
            with pytest.raises(Exception, match="no commit"):
                await erase(1)
            erased_at = await connection.fetchval("SELECT erased_at FROM customers WHERE id = 1")
        finally:
            await connection.execute("DROP FUNCTION fail CASCADE")
            await connection.close()

        assert [entry.customer_id for entry in seen] == [1]
        assert erased_at is None


def _of_two(table: str, line: dict[str, Any]) -> bool:
    """Whether the line is of customer 2, by the keys that it has."""
    if table == "customers":
        return bool(line["id"] == 2)
    keys = ("customer_id", "order_id", "case_id", "opportunity_id", "grant_id", "shipment_id", "kept_id")
    first = next((line[key] for key in keys if line.get(key) is not None), None)
    return first == 2
