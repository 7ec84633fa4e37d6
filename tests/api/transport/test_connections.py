"""What a connection may do before its request is one: heads that do not end, that are too large, that ask for more."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.serving.connection import HEAD_SECONDS, MOST_IN_A_HEAD
from tests.api.transport.conftest import Served


@asynccontextmanager
async def connected(served: Served) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    try:
        yield reader, writer
    finally:
        writer.close()


def asking(served: Served, *more: str) -> bytes:
    """A whole request for the name of the query's type."""
    body = json.dumps({"query": "{ __typename }"}).encode()
    head = [
        "POST /graphql HTTP/1.1",
        "host: localhost",
        "content-type: application/json",
        f"authorization: Bearer {served.token()}",
        f"content-length: {len(body)}",
        *more,
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


async def answered(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """The next answer's status line and body."""
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
    names = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if line)
    return head.split(b"\r\n")[0], await reader.readexactly(int(names[b"content-length"]))


async def trickling(writer: asyncio.StreamWriter) -> None:
    """A head comes a byte in a while, for ever."""
    writer.write(b"POST /graphql HTTP/1.1\r\nhost: ")
    while True:
        writer.write(b"a")
        await asyncio.sleep(0.2)


async def seconds_until_closed(served: Served, *, slow: bool) -> float:
    async with connected(served) as (reader, writer):
        begun = time.monotonic()
        sending = asyncio.create_task(trickling(writer)) if slow else None
        try:
            await asyncio.wait_for(reader.read(), HEAD_SECONDS + 40)
        except ConnectionError:
            pass  # closed upon bytes that were on their way
        finally:
            if sending:
                sending.cancel()
        return time.monotonic() - begun


class TestHeads:
    async def test_one_that_does_not_end_is_given_up_and_so_is_one_that_never_begins(
        self, served: Served
    ) -> None:
        waited = await asyncio.gather(
            seconds_until_closed(served, slow=True), seconds_until_closed(served, slow=False)
        )

        assert all(HEAD_SECONDS - 0.5 < seconds < HEAD_SECONDS + 20 for seconds in waited)

    async def test_one_that_is_too_large_is_refused(self, served: Served) -> None:
        async with connected(served) as (reader, writer):
            writer.write(b"POST /graphql HTTP/1.1\r\nhost: localhost\r\n")
            for _ in range(4 * MOST_IN_A_HEAD // 1000):
                writer.write(b"x-more: " + b"a" * 990 + b"\r\n")
                await asyncio.sleep(0)  # much still comes when the head is too large already
            status, told = await answered(reader)

        assert status == b"HTTP/1.1 431 Request Header Fields Too Large"
        assert told == b"a request's head has at most 65536 bytes"

    async def test_a_later_request_of_a_connection_has_its_own_time_and_size(self, served: Served) -> None:
        async with connected(served) as (reader, writer):
            for _ in range(3):
                writer.write(asking(served, f"x-more: {'a' * 30_000}"))
                status, _ = await answered(reader)
            await asyncio.sleep(HEAD_SECONDS + 0.5)  # an idle connection is not in a head
            writer.write(asking(served))
            last, _ = await answered(reader)

        assert status == last == b"HTTP/1.1 200 OK"

    async def test_a_head_in_pieces_is_one(self, served: Served) -> None:
        async with connected(served) as (reader, writer):
            whole = asking(served)
            for piece in (whole[:7], whole[7:60], whole[60:200], whole[200:]):
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.05)
            status, _ = await answered(reader)

        assert status == b"HTTP/1.1 200 OK"

    async def test_clients_that_offer_http_2_are_answered_in_http_1(self, served: Served) -> None:
        """As Java's own client does with the first request of each connection."""
        offer = ("connection: Upgrade, HTTP2-Settings", "upgrade: h2c", "http2-settings: AAEAAEAAAAIAAAAB")
        async with connected(served) as (reader, writer):
            writer.write(asking(served, *offer))
            first, told = await answered(reader)
            writer.write(asking(served))
            second, again = await answered(reader)

        assert first == second == b"HTTP/1.1 200 OK"
        assert json.loads(told)["data"] == json.loads(again)["data"] == {"__typename": "Query"}

    async def test_two_lengths_are_refused(self, served: Served) -> None:
        async with connected(served) as (reader, writer):
            writer.write(asking(served, "transfer-encoding: chunked"))
            status, _ = await answered(reader)

        assert status == b"HTTP/1.1 400 Bad Request"
