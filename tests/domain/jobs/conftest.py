"""Workers on the test's own database, in a quick rhythm."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.jobs.duties import Duty, Work
from domain.jobs.sweeper import Rhythm
from domain.jobs.worker import Staff, work_until
from domain.tables import metadata

QUICK = Staff(together=4, rhythm=Rhythm(heartbeat=0.2, sweep=0.2, stalled_after=1))

Working = Callable[..., AbstractAsyncContextManager[asyncio.Event]]


@pytest.fixture
def work(engine: AsyncEngine, tmp_path: Path) -> Work:
    return Work(engine=engine, exports=tmp_path / "exports", tables=metadata, now=lambda: datetime.now(UTC))


@pytest.fixture
def working(database: str, work: Work) -> Working:
    """A worker that does the given duties inside `async with`; it has stopped afterwards."""

    @asynccontextmanager
    async def start(duties: Sequence[Duty], staff: Staff = QUICK) -> AsyncIterator[asyncio.Event]:
        stop = asyncio.Event()
        running = asyncio.create_task(work_until(stop, database, duties, work, staff))
        try:
            yield stop
        finally:
            stop.set()
            await running

    return start


@pytest.fixture
def until(engine: AsyncEngine) -> Callable[..., Any]:
    """Waits until the statement's first value is as wanted: `await until("SELECT ...", 3)`."""

    async def wait(statement: str, wanted: Any, *, seconds: float = 60) -> None:
        found = None
        for _ in range(int(seconds / 0.05)):
            async with engine.connect() as connection:
                found = await connection.scalar(text(statement))
            if found == wanted:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{statement}: {found!r} after {seconds} s, not {wanted!r}")

    return wait


async def write(engine: AsyncEngine, statement: str, **values: Any) -> None:
    """The statement has run and is committed."""
    async with engine.begin() as connection:
        await connection.execute(text(statement), values)
