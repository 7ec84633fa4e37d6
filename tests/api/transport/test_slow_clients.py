"""A client that stops reading is given up within seconds; others do not notice."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.api.transport.conftest import Served
from tests.api.transport.talking import greeted

DOCUMENT = "subscription { customerChanged { node { occupation } } }"
COUNT = 8_000


async def many_changes(served: Served) -> None:
    """Forty megabytes of occupations."""
    await served.execute(
        f"INSERT INTO customers (name, occupation) SELECT 'n', repeat('x', 5000) FROM generate_series(1, {COUNT})"
    )


@pytest.mark.slow
class TestSlowClients:
    async def test_a_socket_that_is_not_read_is_closed_and_others_get_everything(
        self, served: Served
    ) -> None:
        async with greeted(served) as slow, greeted(served) as quick:
            await slow.subscribe(DOCUMENT)
            await quick.subscribe("subscription { customerChanged { version } }")
            await asyncio.sleep(1)
            slow.connection.transport.pause_reading()
            await many_changes(served)
            told = [await quick.hear(60) for _ in range(COUNT)]
            await asyncio.sleep(12)
            slow.connection.transport.resume_reading()

            code, reason = await slow.closed(60)

        assert {message["type"] for message in told} == {"next"}
        assert code == 1013
        assert reason.startswith("changes came faster than they were taken")

    async def test_a_stream_that_is_not_read_ends(self, served: Served) -> None:
        headers = {"authorization": f"Bearer {served.token()}", "accept": "text/event-stream"}
        body: Any = {"query": DOCUMENT}
        async with (
            httpx.AsyncClient(timeout=60) as client,
            client.stream("POST", served.url, json=body, headers=headers) as response,
        ):
            await asyncio.sleep(1)
            await many_changes(served)
            await asyncio.sleep(14)

            with pytest.raises(httpx.HTTPError):
                async for _ in response.aiter_raw():
                    pass
