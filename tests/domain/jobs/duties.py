"""Duties whose effects tests can see: rows of a table of the test's own."""

import asyncio

from sqlalchemy import text

from domain.jobs.duties import Duty, Work
from domain.queue import JobKind

EFFECTS = """
    CREATE TABLE effects (number bigint PRIMARY KEY, key bigint NOT NULL,
        done_at timestamptz NOT NULL DEFAULT clock_timestamp());
    CREATE TABLE starts (number bigint NOT NULL);
"""

SLOW_SECONDS = 0.3

ADD = JobKind("add", ids=("number", "key"), key="key:{key}")
LONG = JobKind("long", ids=("number",))
BROKEN = JobKind("broken", ids=("number",))
TICK = JobKind("tick")


async def _started(work: Work, number: int) -> None:
    async with work.engine.begin() as connection:
        await connection.execute(text("INSERT INTO starts VALUES (:n)"), {"n": number})


async def add(work: Work, number: int, key: int) -> None:
    """Takes a while; the second time it changes nothing."""
    await _started(work, number)
    await asyncio.sleep(SLOW_SECONDS)
    async with work.engine.begin() as connection:
        await connection.execute(
            text("INSERT INTO effects VALUES (:n, :k) ON CONFLICT DO NOTHING"), {"n": number, "k": key}
        )


async def long(work: Work, number: int) -> None:
    await _started(work, number)
    await asyncio.sleep(60)


async def broken(work: Work, number: int) -> None:
    """Fails with a text that quotes a person."""
    await _started(work, number)
    raise ValueError("canary-김철수")


async def tick(work: Work) -> None:
    await _started(work, 0)


DUTIES = (Duty(ADD, add), Duty(LONG, long), Duty(BROKEN, broken))
