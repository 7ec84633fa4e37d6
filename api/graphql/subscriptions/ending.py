"""How long-lived connections end: by the first of several things that run side by side."""

import asyncio
from collections.abc import Coroutine
from typing import Any

SEND_SECONDS = 10.0
"""Whoever takes nothing for so long is given up: what waits for him would only grow."""


class Abandoned(Exception):
    """The client has gone, or takes nothing any more."""


async def first_end(*running: Coroutine[Any, Any, None]) -> None:
    """Runs all side by side until one returns or raises; the others are cancelled and over. Raises what it raised."""
    tasks = [asyncio.ensure_future(each) for each in running]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
