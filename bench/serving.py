"""An application, served as it is in production: by one worker on a free port."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

START = 120.0
"""Seconds until a server answers at the latest: on a busy machine the imports alone took 40."""


@contextmanager
def served(target: str, environment: dict[str, str]) -> Iterator[int]:
    """The port of a server with one worker that serves the target; stopped in the end."""
    port = free_port()
    command = [sys.executable, "-m", "api.serving.supervisor", target, "127.0.0.1", str(port)]
    with started(command, port, environment):
        yield port


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(
    command: list[str], port: int, environment: Mapping[str, str], *, quiet: bool = False
) -> Iterator[None]:
    """The command runs and listens on the port; it is stopped in the end."""
    out = subprocess.DEVNULL if quiet else None
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=out, stderr=out)
    try:
        _wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{process.args!r} did not start")


MEMORY_GOAL = 200
"""MB that a process of the API takes at most."""


def memory(port: int) -> float:
    """The largest memory that a process which serves the port ever had, in MB: whoever started it has the port too."""
    serving = {
        each.pid
        for each in psutil.net_connections("tcp")
        if each.pid and each.laddr and each.laddr.port == port and each.status == "LISTEN"
    }
    statuses = [Path(f"/proc/{pid}/status").read_text() for pid in serving]
    return max(int(status.split("VmHWM:")[1].split()[0]) / 1024 for status in statuses)


def memory_told(port: int) -> bool:
    """Prints the largest memory that our process ever had; whether it is what it should be."""
    used = memory(port)
    met = used <= MEMORY_GOAL
    print(f"peak memory of our process {used:.0f} MB; goal {MEMORY_GOAL} MB: {'met' if met else 'MISSED'}")
    return met
