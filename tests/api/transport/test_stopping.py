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
    async def test_clients_of_every_kind_are_told_at_once_and_each_call_is_answered(
        self, stopping: Served
    ) -> None:
        """Sockets are closed and streams end within seconds, readiness goes at once, every call under way is answered
        and its client told to leave: all at one stop, as it is."""
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

    async def test_so_it_is_when_ctrl_c_reaches_the_whole_group(self, stopping: Served) -> None:
        async with greeted(stopping) as talk:
            await talk.subscribe(CUSTOMER)
            await asyncio.sleep(0.3)
            os.killpg(stopping.process.pid, signal.SIGINT)

            closed = await talk.closed()
            await asyncio.to_thread(stopping.process.wait, 15)

        assert closed == (1012, "Service restart")


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
