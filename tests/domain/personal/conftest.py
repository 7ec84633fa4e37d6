"""The marked person in a database that tests share; what a test changes is gone after it."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.access import SYSTEM
from domain.db import run
from domain.personal.erasure import erase_subject
from domain.personal.journal import Journal
from domain.tables import metadata
from tests.domain.personal.person import LATER, PERSON
from tests.emptied import Emptied

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture
def person(shared_database: Emptied) -> Iterator[str]:
    """The URL of a database with the marked person."""
    shared_database.run(PERSON)
    shared_database.run(LATER)
    yield shared_database.url
    shared_database.empty()


@pytest.fixture
def engine(person: str, shared_engine: AsyncEngine) -> AsyncEngine:
    """The engine on that database."""
    return shared_engine


@pytest.fixture(scope="session")
async def asked(shared_database: Emptied) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A connection to it."""
    connection = await asyncpg.connect(shared_database.url)
    yield connection
    await connection.close()


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "kept" / "erasures.journal")


@pytest.fixture
def erase(person: str, engine: AsyncEngine, journal: Journal) -> Callable[..., Any]:
    """Erases a customer: `await erase(1)`."""

    async def erased(customer_id: int, *, reason: str = "asked by letter", by: Any = SYSTEM) -> None:
        async def work(session: AsyncSession) -> None:
            await erase_subject(
                session, customer_id, reason=reason, actor=by, now=NOW, journal=journal, tables=metadata
            )

        await run(engine, work, origin="test")

    return erased


@pytest.fixture
def rows(person: str, asked: "asyncpg.Connection[asyncpg.Record]") -> Callable[..., Any]:
    """What stands in the store: `await rows("SELECT ...")`."""

    async def fetch(statement: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await asked.fetch(statement)]

    return fetch


@pytest.fixture
def everything(person: str, asked: "asyncpg.Connection[asyncpg.Record]") -> Callable[..., Any]:
    """All rows of all tables but the journals of the queue, as JSON by table."""

    async def dump() -> dict[str, list[Any]]:
        names = await asked.fetch("""
            SELECT oid::regclass::text AS name FROM pg_class
            WHERE relnamespace IN ('public'::regnamespace, 'jobs'::regnamespace) AND relkind = 'r'
        """)
        lines = {name: await asked.fetch(f"SELECT row_to_json(t)::text FROM {name} t") for (name,) in names}
        return {
            name: [json.loads(line) for line in sorted(each[0] for each in found)]
            for name, found in lines.items()
        }

    return dump
