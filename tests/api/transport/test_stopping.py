"""A server that stops says goodbye: connections are closed so that clients come again, and nothing waits for them."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.api.transport.conftest import Served, start, stop
from tests.api.transport.talking import CUSTOMER, events, greeted


@pytest.fixture
def stopping(database: str, tmp_path: Path) -> Iterator[Served]:
    """A server of the test's own, to be stopped by the test."""
    started = start(database, tmp_path)
    yield started
    stop(started)


class TestStopping:
    async def test_sockets_are_closed_and_streams_end_within_seconds(self, stopping: Served) -> None:
        headers = {"authorization": f"Bearer {stopping.token()}", "accept": "text/event-stream"}
        async with (
            greeted(stopping) as talk,
            httpx.AsyncClient(timeout=60) as client,
            client.stream("POST", stopping.url, json={"query": CUSTOMER}, headers=headers) as response,
        ):
            await talk.subscribe(CUSTOMER)
            await asyncio.sleep(0.3)
            begun = time.monotonic()
            stopping.process.terminate()

            closed = await talk.closed()
            told = [name async for name, _ in events(response)]
            code = await asyncio.to_thread(stopping.process.wait, 15)

        assert closed == (1012, "Service restart")
        assert told == []  # broken off without `complete`: clients come again
        assert code == 0
        assert time.monotonic() - begun < 15

    async def test_so_it_is_when_ctrl_c_reaches_the_whole_group(self, stopping: Served) -> None:
        async with greeted(stopping) as talk:
            await talk.subscribe(CUSTOMER)
            await asyncio.sleep(0.3)
            os.killpg(stopping.process.pid, signal.SIGINT)

            closed = await talk.closed()
            await asyncio.to_thread(stopping.process.wait, 15)

        assert closed == (1012, "Service restart")

    async def test_readiness_goes_at_once(self, stopping: Served) -> None:
        url = stopping.url.replace("/graphql", "/readyz")
        async with httpx.AsyncClient(timeout=60) as client:
            ready = await client.get(url)
            stopping.process.terminate()
            while (response := await client.get(url)).status_code == 200:
                continue

        assert ready.status_code == 200
        assert response.status_code == 503
        assert response.json()["serving"] == "about to stop"

    async def test_every_call_under_way_is_answered_and_clients_are_told_to_leave(
        self, stopping: Served
    ) -> None:
        asking = [asyncio.create_task(_until_told_to_leave(stopping)) for _ in range(8)]
        await asyncio.sleep(1)
        stopping.process.terminate()

        answered = await asyncio.gather(*asking)
        code = await asyncio.to_thread(stopping.process.wait, 15)

        assert all(calls > 1 for calls in answered)
        assert code == 0


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
