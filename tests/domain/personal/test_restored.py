"""A store that was restored from a backup serves nobody until the journal is replayed."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.personal.errors import NotReplayed
from domain.personal.journal import Entry, Journal, JournalUnreadable
from domain.personal.restored import replay, require_replayed
from domain.tables import metadata
from tests.domain.personal.conftest import NOW


@pytest.fixture
async def store(person: str, engine: AsyncEngine) -> uuid.UUID:
    async with engine.connect() as connection:
        found: uuid.UUID = await connection.scalar(text("SELECT store_id FROM erasure_store"))
    return found


class TestRestored:
    async def test_without_a_journal_a_store_may_be_served(
        self, person: str, engine: AsyncEngine, journal: Journal
    ) -> None:
        await require_replayed(engine, journal)

    async def test_a_store_that_holds_its_erasures_may_be_served(
        self, erase: Any, engine: AsyncEngine, journal: Journal
    ) -> None:
        await erase(1)

        await require_replayed(engine, journal)

    async def test_an_older_store_is_refused_until_it_is_replayed(
        self, store: uuid.UUID, engine: AsyncEngine, journal: Journal, rows: Callable[..., Any]
    ) -> None:
        journal.append([Entry(store, 1, NOW)])
        with pytest.raises(
            NotReplayed, match=r"older than erasures of persons \(1\): run dangol erasures replay"
        ):
            await require_replayed(engine, journal)

        made = await replay(engine, journal, now=NOW, tables=metadata)

        await require_replayed(engine, journal)
        assert made == 1
        assert await rows("SELECT name FROM customers WHERE id = 1") == [("(erased)",)]

    async def test_replaying_twice_makes_nothing_again(
        self, store: uuid.UUID, engine: AsyncEngine, journal: Journal
    ) -> None:
        journal.append([Entry(store, 1, NOW)])
        await replay(engine, journal, now=NOW, tables=metadata)

        assert await replay(engine, journal, now=NOW, tables=metadata) == 0

    async def test_an_id_that_the_backup_has_not_given_yet_is_never_given_again(
        self, store: uuid.UUID, engine: AsyncEngine, journal: Journal, rows: Callable[..., Any]
    ) -> None:
        journal.append([Entry(store, 50, NOW)])
        with pytest.raises(NotReplayed):
            await require_replayed(engine, journal)

        await replay(engine, journal, now=NOW, tables=metadata)

        await require_replayed(engine, journal)
        assert await rows("SELECT nextval('customers_id_seq')") == [(51,)]

    async def test_erasures_of_another_store_do_not_concern_this_one(
        self, person: str, engine: AsyncEngine, journal: Journal
    ) -> None:
        journal.append([Entry(uuid.uuid4(), 1, NOW)])

        await require_replayed(engine, journal)

    async def test_who_was_merged_into_the_person_is_named_too(
        self, erase: Any, engine: AsyncEngine, journal: Journal, rows: Callable[..., Any]
    ) -> None:
        merge = "INSERT INTO customer_merges (merged_id, kept_id, merged_at, origin) VALUES (77, 1, now(), 'test')"
        async with engine.begin() as connection:
            await connection.execute(text(merge))

        await erase(1)

        assert [entry.customer_id for entry in journal.entries()] == [1, 77]


class TestJournalFile:
    def test_a_line_that_was_cut_off_counts_as_never_written(self, journal: Journal) -> None:
        entry = Entry(uuid.uuid4(), 1, NOW)
        journal.append([entry])
        with journal.path.open("a") as file:
            file.write('{"store": "half')

        assert journal.entries() == [entry]
        journal.append([entry])
        assert journal.entries() == [entry, entry]

    def test_a_damaged_line_is_refused_with_its_number(self, journal: Journal) -> None:
        journal.append([Entry(uuid.uuid4(), 1, NOW)])
        with journal.path.open("a") as file:
            file.write("nonsense\n")

        with pytest.raises(JournalUnreadable, match="line 2 of the journal of erasures is damaged"):
            journal.entries()

    def test_only_its_owner_may_read_it(self, journal: Journal) -> None:
        journal.append([Entry(uuid.uuid4(), 1, NOW)])

        assert journal.path.stat().st_mode & 0o777 == 0o600
