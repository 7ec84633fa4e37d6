"""Progress bars of long work, on standard error; on anything but a terminal they show nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

import api.frameless  # who builds a cube makes no frames
import api.slim  # noqa: F401  # and logs without rich
from olap import progress as cube

if TYPE_CHECKING:  # a build of the cube has no use for the demo company and all the tables it fills
    from domain.demo import load as demo


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description:<34}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("rows"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )


@contextmanager
def building() -> Iterator[cube.Progress]:
    """A bar for a build of the cube: table after table."""
    with _bar() as shown:
        task = shown.add_task("Building the cube", visible=False)

        def show(step: cube.Step) -> None:
            what, total = f"Building the cube: {step.table}", max(step.expected, step.rows)
            shown.update(task, description=what, completed=step.rows, total=total, visible=True)

        yield show
        shown.update(task, total=shown.tasks[task].completed)  # what was expected was a guess


@contextmanager
def loading(what: str) -> Iterator["demo.Progress"]:
    """A bar for loading the demo company."""
    with _bar() as shown:
        task = shown.add_task(what, total=None, visible=False)

        def show(table: str, done: int, total: int) -> None:
            shown.update(task, description=f"{what}: {table}", completed=done, total=total, visible=True)

        yield show
