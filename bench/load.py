"""Load on an HTTP server: wrk where it is installed, else a small client of our own on uvloop."""

import asyncio
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import uvloop

CONNECTIONS = 8


def client() -> str:
    """Which client drives the load."""
    return "wrk" if shutil.which("wrk") else "the client of bench/load.py"


def requests_per_second(
    port: int, path: str, body: bytes, headers: Mapping[str, str], seconds: float
) -> float:
    """Answers a second to this POST over CONNECTIONS connections. Raises RuntimeError for an answer that is not 200."""
    if shutil.which("wrk"):
        return _wrk(port, path, body, headers, seconds)
    return uvloop.run(_drive(port, _request(path, body, headers), seconds))


def ask(port: int, path: str, body: bytes, headers: Mapping[str, str], times: int) -> None:
    """The request has been answered so many times, one after the other. Raises RuntimeError as above."""
    uvloop.run(_times(port, _request(path, body, headers), times))


def _request(path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "host: 127.0.0.1", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def _drive(port: int, request: bytes, seconds: float) -> float:
    began = time.perf_counter()
    counts = await asyncio.gather(*(_one(port, request, began + seconds) for _ in range(CONNECTIONS)))
    return sum(counts) / (time.perf_counter() - began)


async def _one(port: int, request: bytes, until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
    count = 0
    while time.perf_counter() < until:
        await _exchange(reader, writer, request)
        count += 1
    writer.close()
    await writer.wait_closed()
    return count


async def _times(port: int, request: bytes, times: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
    for _ in range(times):
        await _exchange(reader, writer, request)
    writer.close()
    await writer.wait_closed()


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head.decode())
    await _body(reader, head.lower())


async def _body(reader: asyncio.StreamReader, head: bytes) -> None:
    length = re.search(rb"content-length: (\d+)", head)
    if length is not None:
        await reader.readexactly(int(length[1]))
        return
    while size := int(await reader.readline(), 16):
        await reader.readexactly(size + 2)
    await reader.readline()


def _wrk(port: int, path: str, body: bytes, headers: Mapping[str, str], seconds: float) -> float:
    lines = ['wrk.method = "POST"', f"wrk.body = [==[{body.decode()}]==]"]
    lines += [f'wrk.headers["{name}"] = "{value}"' for name, value in headers.items()]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        Path(script.name).write_text("\n".join(lines))
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", script.name]
        done = subprocess.run(
            [*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True
        )
    if "Non-2xx" in done.stdout:
        raise RuntimeError(done.stdout)
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    if found is None:
        raise RuntimeError(done.stdout)
    return float(found[1])
