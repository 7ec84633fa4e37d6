"""Progress bars of long work, on standard error; on anything but a terminal they show nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from domain.demo import load as demo
from olap import load as cube


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
    """A bar for a build of the cube, one line a table that takes time."""
    with _bar() as shown:
        tasks = {}

        def show(step: cube.Step) -> None:
            if step.table not in tasks:
                _complete(shown)
                tasks[step.table] = shown.add_task(f"Building the cube: {step.table}")
            total = max(step.expected, step.rows)
            shown.update(tasks[step.table], completed=step.rows, total=total)

        yield show
        _complete(shown)


def _complete(shown: Progress) -> None:
    """What was expected was a guess: what came is all."""
    for task in shown.tasks:
        shown.update(task.id, total=task.completed)


@contextmanager
def loading(what: str) -> Iterator[demo.Progress]:
    """A bar for loading the demo company."""
    with _bar() as shown:
        task = shown.add_task(what, total=None)

        def show(table: str, done: int, total: int) -> None:
            shown.update(task, description=f"{what}: {table}", completed=done, total=total)

        yield show
