"""The log of requests: which columns and aggregates were asked for, when, how long it took, from which rollup.

Never which members: a shape says nothing of a person. The file is bounded: once it is full it is put aside in place of
the one before. Lines are appended whole, so that several processes may share it.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from olap.conditions import columns_in
from olap.physical import Column, Join
from olap.plan import Aggregation, Beside
from olap.rollups.beside import MONTH, OF_MONTHS, whole_months
from olap.rollups.understood import beyond

MOST = 4 * 2**20
"""Bytes of the file; as many more may lie in the one put aside. About 20,000 requests each."""


@dataclass(frozen=True)
class Request:
    """One aggregation: `keys` are the columns that it drilled, cut or was restricted by, as `table.column`.

    `at` is in seconds since 1970; `rollup` answered, or the facts themselves (None).
    """

    at: int
    cube: str
    keys: tuple[str, ...]
    aggregates: tuple[str, ...]
    milliseconds: float
    rollup: str | None


class RequestLog:
    """Appends to a file, which need not be there. Safe for many threads and processes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, cube: str, shape: Aggregation, rollup: str | None, seconds: float) -> None:
        """The request is in the log, unless no rollup could ever answer it; where the log cannot be written, it is
        not, and the answer goes on."""
        if beyond(shape) is not None or shape.star.conversion is not None:
            return
        found = Request(
            at=int(time.time()),
            cube=cube,
            keys=tuple(sorted(f"{each.table}.{each.name}" for each in keys_of(shape))),
            aggregates=tuple(sorted({name for name, _ in shape.aggregates})),
            milliseconds=round(seconds * 1000, 1),
            rollup=rollup,
        )
        line = json.dumps(vars(found)) + "\n"
        try:
            self._append(line.encode())
        except OSError:
            # A log that is full or gone is no reason to refuse an answer.
            return

    def read(self) -> Iterator[Request]:
        """What is logged, the oldest first; lines that are no request are passed over."""
        for path in (self._aside, self._path):
            if not path.exists():
                continue
            for line in path.read_text(encoding="utf-8").splitlines():
                try:
                    said = json.loads(line)
                    lists = {name: tuple(said[name]) for name in ("keys", "aggregates")}
                    yield Request(**{**said, **lists})
                except (ValueError, TypeError, KeyError):
                    continue

    @property
    def _aside(self) -> Path:
        return self._path.with_name(f"{self._path.name}.1")

    def _append(self, line: bytes) -> None:
        with self._path.open("ab") as file:
            file.write(line)
            full = file.tell() > MOST
        if full:
            self._path.replace(self._aside)


def log_of(engine: object) -> RequestLog | None:
    """The log of the engine's requests; None where none is kept."""
    found: RequestLog | None = getattr(engine, "requests", None)
    return found


def keys_of(shape: Aggregation) -> set[Column]:
    """The columns that a rollup must keep to answer, however it reaches them.

    Of traits that are asked as of another time than the event's the way to them, which leads to every time's; of those
    that are told by days the day as well. Where other times stand beside, what tells its days or months.
    """
    drilled = {item.column for item in shape.attributes}
    split = set() if shape.split is None else columns_in(shape.split)
    found = drilled | split | columns_in(shape.star.where)
    ways = {join.key.table: way for join in shape.star.joins if (way := _way(join))}
    return _timed(shape, {column for each in found for column in ways.get(each.table, {each})})


def _way(join: Join) -> set[Column]:
    """The facts' columns that lead to the dimension as it is asked for; none where its own columns will do."""
    if join.version is not None:
        return {join.fact}
    return set() if join.day is None else {join.fact, join.day}


def _timed(shape: Aggregation, found: set[Column]) -> set[Column]:
    for join in shape.star.joins:
        calendar = join.key.table
        of_days = {each for each in found if each.table == calendar}
        if not of_days or calendar not in _calendars(shape.beside):
            continue
        if whole_months(shape.beside) and {each.name for each in of_days} <= OF_MONTHS:
            found = found | {Column(calendar, name) for name in MONTH}
        else:
            found = (found - of_days) | {join.fact}
    return found


def _calendars(beside: Beside | None) -> set[str]:
    """The calendars by which other times are told."""
    told = () if beside is None else (beside.shift, beside.reach, beside.spine)
    return {times.day.table for times in told if times is not None}
