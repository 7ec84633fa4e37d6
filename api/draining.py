"""How a worker stops: readiness goes, long-lived connections end, then the server waits for calls in flight.

The server (granian) waits for every open connection before it tells the application that it stops, and a subscription
ends only when it is told; so the starter says it first, with SIGUSR1, and gives workers a moment. Ctrl-C reaches the
whole process group at once: a worker leaves it to its starter.
"""

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

MOMENT_SECONDS = 0.5


@contextmanager
def draining(drain: Callable[[], None]) -> Iterator[None]:
    """While inside, SIGUSR1 calls `drain` and SIGINT does nothing. For a worker, in its event loop."""
    loop = asyncio.get_running_loop()
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop.add_signal_handler(signal.SIGUSR1, drain)
    loop.add_signal_handler(signal.SIGINT, lambda: None)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGUSR1)
        loop.remove_signal_handler(signal.SIGINT)


def warn_workers_first() -> None:
    """From now on SIGTERM and SIGINT warn this process's workers, and do what they did before a moment later.

    For the starter, once its own handlers are set.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        before: Any = signal.getsignal(number)
        signal.signal(number, _warning(before))


def _warning(before: Callable[..., Any]) -> Callable[[int, FrameType | None], None]:
    def warn(number: int, _: FrameType | None) -> None:
        for worker in multiprocessing.active_children():
            with suppress(ProcessLookupError):
                os.kill(worker.pid or 0, signal.SIGUSR1)
        threading.Timer(MOMENT_SECONDS, before, (number, None)).start()

    return warn
