"""How a server ends: by its exit code where its application cannot start, and with its calls answered where it can."""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.api.transport import ending
from tests.api.transport.conftest import free_port

CALLS_SECONDS = 3
IN_TIME, TOO_LONG = 3.8, 60.0
"""Seconds of calls: the first ends after its server was told to stop by more than CALLS_SECONDS, but not after it took
no more calls."""


@pytest.mark.parametrize("application", [ending.cannot_be_made, ending.cannot_open])
def test_what_cannot_start_ends_the_server(application: object) -> None:
    target = f"{ending.__name__}:{application.__name__}"  # type: ignore[attr-defined]  # both are functions
    port = str(free_port())

    ended = subprocess.run(
        [sys.executable, "-m", "api.serving.supervisor", target, "127.0.0.1", port],
        capture_output=True,
        timeout=60,
    )

    assert ended.returncode == 1
    assert ended.stderr


SERVE = f"""
from api.serving.supervisor import configured, supervise
config = configured("{ending.__name__}:slow", host="127.0.0.1", port=PORT)
config.timeout_graceful_shutdown = {CALLS_SECONDS}
supervise(config)
"""


def test_calls_in_flight_have_their_time_from_when_nothing_more_is_taken(tmp_path: Path) -> None:
    port, notes = free_port(), tmp_path / "notes"
    notes.touch()
    told: dict[float, str] = {}

    def call(seconds: float) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", f"/{seconds}")
            told[seconds] = connection.getresponse().read().decode()
        except (OSError, http.client.HTTPException):
            told[seconds] = "cut off"
        finally:
            connection.close()

    def noted(word: str, times: int) -> None:
        until = time.monotonic() + 30
        while notes.read_text().split().count(word) < times:
            assert time.monotonic() < until, f"nothing {word}"
            time.sleep(0.02)

    calls = [threading.Thread(target=call, args=(seconds,)) for seconds in (IN_TIME, TOO_LONG)]
    with subprocess.Popen(
        [sys.executable, "-c", SERVE.replace("PORT", str(port))],
        env={**os.environ, "NOTES": str(notes)},
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            noted("ready", 1)
            for each in calls:
                each.start()
            noted("began", 2)
            server.send_signal(signal.SIGTERM)
            server.wait(30)
        finally:
            server.kill()
    for each in calls:
        each.join()

    assert told[IN_TIME] == "waited"
    assert told[TOO_LONG] != "waited"
    assert notes.read_text().split()[-1] == "closed"
