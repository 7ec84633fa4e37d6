"""How far an import is, told to whoever shows it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn


class Phase(StrEnum):
    READING = "reading"
    MERGING = "merging"


@dataclass(frozen=True)
class Step:
    """`share` (0 to 1) of a phase is done; `rows` counts its rows so far, `what` names the file or table."""

    phase: Phase
    what: str
    share: float
    rows: int


Report = Callable[[Step], None]


def silent(_: Step) -> None:
    """Tells nobody."""


@contextmanager
def bar(console: Console | None = None) -> Iterator[Report]:
    """A progress bar on the terminal, one line per phase; on anything else than a terminal, nothing."""
    shown = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} % {task.fields[rows]:>12,} rows"),
        TimeElapsedColumn(),
        console=console or Console(stderr=True),
    )
    tasks = {}

    def show(step: Step) -> None:
        if step.phase not in tasks:
            tasks[step.phase] = shown.add_task(step.phase.value, total=1.0, rows=0)
        shown.update(
            tasks[step.phase],
            completed=step.share,
            description=f"{step.phase.value} {step.what}",
            rows=step.rows,
        )

    with shown:
        yield show
