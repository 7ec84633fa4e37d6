"""A figure as it is printed: median, range, goal and whether it is met."""

import os
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Figure:
    """Values of several rounds in `unit`, whose median should be at most (or at least) the goal; None: no goal."""

    name: str
    values: Sequence[float]
    unit: str
    goal: float | None = None
    best: Literal["most", "least"] = "most"

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def met(self) -> bool:
        if self.goal is None:
            return True
        return self.median <= self.goal if self.best == "most" else self.median >= self.goal

    def text(self) -> str:
        """One line for a person."""
        spread = f"{min(self.values):,.3g} to {max(self.values):,.3g}" if len(self.values) > 1 else ""
        line = f"{self.name:<58} {self.median:>9,.3g} {self.unit:<5} {spread:<18}"
        if self.goal is None:
            return line.rstrip()
        return f"{line} at {self.best} {self.goal:,.4g} {self.unit:<4} {'met' if self.met else 'MISSED'}"


def show(figures: Sequence[Figure]) -> bool:
    """Every figure is printed; whether all goals are met."""
    for each in figures:
        print(f"  {each.text()}", flush=True)
    return all(each.met for each in figures)


def told(text: str) -> None:
    """A line of progress, with the load that the figures stand under."""
    print(f"  .. {text} (load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)", flush=True)


def timed(way: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    began = time.perf_counter()
    way()
    return (time.perf_counter() - began) * 1000


def peak() -> float:
    """Megabytes that this process held at most; `ru_maxrss` would also tell of its parent, which it was forked from."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    held = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return int(held["VmHWM"].split()[0]) / 1024


def quantile(values: Sequence[float], part: float) -> float:
    """The value that this part of all is at most."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]
