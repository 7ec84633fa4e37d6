"""A small proxy before Postgres that loses answers: what a bad network does, on a socket of its own."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit, urlunsplit


class _Flaky:
    def __init__(self, server: Path, *, after: bytes, times: int, then_refuse: bool) -> None:
        self.server = server
        self.after = after
        self.left = times
        self.then_refuse = then_refuse
        self.tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            if self.left <= 0 and self.then_refuse:
                return
            with suppress(OSError):
                await self._pass_on(reader, writer)
        finally:
            self.tasks.discard(task)
            writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_unix_connection(str(self.server))
        answers = asyncio.create_task(_copy(from_server, writer))
        try:
            while said := await reader.read(65536):
                if self.left > 0 and self.after in said:
                    self.left -= 1
                    answers.cancel()
                    to_server.write(said)
                    await to_server.drain()
                    await from_server.read(65536)  # the server has done it; nobody hears of it
                    return
                to_server.write(said)
                await to_server.drain()
        finally:
            answers.cancel()
            to_server.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while said := await reader.read(65536):
            writer.write(said)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def cutting(url: str, *, after: bytes, times: int, then_refuse: bool = False) -> AsyncIterator[str]:
    """A URL to the same database through a proxy that passes on what the client says, and loses the connection instead
    of the answer to what holds `after`, so many times. `then_refuse`: no later connection succeeds."""
    parts = urlsplit(url)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    name = f".s.PGSQL.{asked['port']}"
    with tempfile.TemporaryDirectory(prefix="flaky-", dir="/tmp") as folder:
        flaky = _Flaky(Path(asked["host"]) / name, after=after, times=times, then_refuse=then_refuse)
        server = await asyncio.start_unix_server(flaky.serve, path=str(Path(folder) / name))
        try:
            yield urlunsplit(parts._replace(query=f"host={folder}&port={asked['port']}"))
        finally:
            server.close()
            for task in list(flaky.tasks):
                task.cancel()
