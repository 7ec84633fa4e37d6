"""A server that stops says goodbye: connections are closed so that clients come again, and nothing waits for them.

The two servers show besides that one does jobs unless it is told otherwise: each start takes seconds.
"""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from tests.api.transport.conftest import Served, run, start, stop
from tests.api.transport.talking import CUSTOMER, events, greeted

JOB = """
    SELECT jobs.procrastinate_defer_jobs_v1(ARRAY[
        ROW('default', 'expire_jobs', 0, NULL, NULL, '{}'::jsonb, NULL)::jobs.procrastinate_job_to_defer_v1
    ])
"""


@pytest.fixture
def stopping(database: str, tmp_path: Path) -> Iterator[Served]:
    """A server of the test's own that does jobs, of which one waits; to be stopped by the test."""
    asyncio.run(run(database, JOB))
    started = start(database, tmp_path, DANGOL_JOBS="true")
    yield started
    stop(started)


@pytest.fixture
def idle(database: str, tmp_path: Path) -> Iterator[Served]:
    """The same of one that is told to do no jobs."""
    asyncio.run(run(database, JOB))
    started = start(database, tmp_path, DANGOL_JOBS="false")
    yield started
    stop(started)


async def state(served: Served) -> str:
    """That of the job."""
    connection = await asyncpg.connect(served.database)
    try:
        return str(await connection.fetchval("SELECT state FROM jobs.overview WHERE id = 1"))
    finally:
        await connection.close()


class TestStopping:
    async def test_clients_of_every_kind_are_told_at_once_and_each_call_is_answered(
        self, stopping: Served
    ) -> None:
        """Sockets are closed and streams end within seconds, readiness goes at once, every call under way is answered
        and its client told to leave: all at one stop, as it is, of a server that has done a job."""
        async with asyncio.timeout(90):
            while await state(stopping) != "SUCCEEDED":  # noqa: ASYNC110 - it is done by another program
                await asyncio.sleep(0.1)
        headers = {"authorization": f"Bearer {stopping.token()}", "accept": "text/event-stream"}
        url = stopping.url.replace("/graphql", "/readyz")
        async with (
            greeted(stopping) as talk,
            httpx.AsyncClient(timeout=60) as client,
            client.stream("POST", stopping.url, json={"query": CUSTOMER}, headers=headers) as response,
        ):
            await talk.subscribe(CUSTOMER)
            ready = await client.get(url)
            asking = [asyncio.create_task(_until_told_to_leave(stopping)) for _ in range(8)]
            await asyncio.sleep(1)
            begun = time.monotonic()
            stopping.process.terminate()

            leaving = asyncio.create_task(_not_ready(client, url))
            closed = await talk.closed()
            told = [name async for name, _ in events(response)]
            answered = await asyncio.gather(*asking)
            unready = await leaving
            code = await asyncio.to_thread(stopping.process.wait, 15)

        assert closed == (1012, "Service restart")
        assert told == []  # broken off without `complete`: clients come again
        assert time.monotonic() - begun < 15
        assert ready.status_code == 200
        assert unready.status_code == 503
        assert unready.json()["serving"] == "about to stop"
        assert all(calls > 1 for calls in answered)
        assert code == 0

    async def test_so_it_is_when_ctrl_c_reaches_the_whole_group(self, idle: Served) -> None:
        """Of a server that does no jobs: the one that waits is let lie for three seconds."""
        async with greeted(idle) as talk:
            await talk.subscribe(CUSTOMER)
            await asyncio.sleep(3)
            left = await state(idle)
            os.killpg(idle.process.pid, signal.SIGINT)

            closed = await talk.closed()
            await asyncio.to_thread(idle.process.wait, 15)

        assert closed == (1012, "Service restart")
        assert left == "QUEUED"


async def _not_ready(client: httpx.AsyncClient, url: str) -> httpx.Response:
    """What is told once the server is no longer ready."""
    while (response := await client.get(url)).status_code == 200:
        continue
    return response


async def _until_told_to_leave(served: Served) -> int:
    """One call after the other on one connection; how many were answered. Raises where one was not."""
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    body = b'{"query": "{ viewer { role } }"}'
    head = (
        "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        f"authorization: Bearer {served.token()}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    calls, told = 0, b""
    try:
        while b"connection: close" not in told:
            writer.write(head.encode() + body)
            told = (await reader.readuntil(b"\r\n\r\n")).lower()
            assert told.startswith(b"http/1.1 200 ")
            await reader.readexactly(int(told.split(b"content-length: ")[1].split(b"\r\n")[0]))
            calls += 1
    finally:
        writer.close()
    return calls
