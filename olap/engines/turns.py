"""Questions to DuckDB that ran out of memory, asked again.

ClickHouse and Postgres bound each question, DuckDB all of them together: it has one limit for all its connections. Its
`operator_memory_limit` is of one connection, but no ceiling: a grouping held six times as much, a sort fifteen times,
and both took three times as long (measured on 2.0). So there a question that ran out of memory is asked again once
those that ran beside it are over: only what fails alone needs too much.
"""

import time
from collections.abc import Callable
from typing import TypeVar

import duckdb

from olap.engines.interrupt import Interrupt, Interrupted
from olap.engines.underway import Underway
from olap.errors import MemoryTaken, NeedsMemory

T = TypeVar("T")

TRIES = 3
"""So often a question is asked that runs out of memory beside others."""

PATIENCE = 10.0
"""Seconds to wait for the memory of others."""

MOMENT = 2.0
"""Seconds for which questions may be kept waiting, that what is written finds memory."""


def with_memory(
    underway: Underway, stop: Interrupt, ask: Callable[[], T], *, patience: float = PATIENCE
) -> T:
    """What `ask` gives; asked again, once memory may be free, where it ran out of memory beside other queries.

    Raises NeedsMemory where it did so alone, MemoryTaken where it never was alone, Interrupted.
    """
    end = time.monotonic() + patience
    for _ in range(TRIES):
        beside = underway.others(stop)
        try:
            return ask()
        except duckdb.OutOfMemoryException:
            beside |= underway.others(stop)
        if not beside:
            raise NeedsMemory
        underway.await_end(beside, unless=stop, until=end)
        if stop.asked:
            raise Interrupted("the query was interrupted while it waited for memory")
    raise MemoryTaken


def before_others(underway: Underway, write: Callable[[], T], *, patience: float = MOMENT) -> T:
    """What `write` gives; where it ran out of memory, once more while no question is asked.

    Whoever asks for too much again and again would else keep what is written from ever being shown.
    """
    try:
        return write()
    except duckdb.OutOfMemoryException:
        with underway.alone(patience):
            return write()
