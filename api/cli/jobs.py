"""`dangol jobs`: see the queue's jobs and steer them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from api.cli.place import Config, settings_of, store

if TYPE_CHECKING:
    from domain.db import Engine, Session
    from domain.jobs.listing import Job

T = TypeVar("T")

app = typer.Typer(help="See the queue's jobs, try failed ones again, call others off.", no_args_is_help=True)

JobId = Annotated[int, typer.Argument(help="The job's number, as `dangol jobs list` shows it.")]


@app.command("list")
def list_(
    state: Annotated[
        str | None,
        typer.Option(help="Only jobs in this state: queued, running, succeeded, failed, cancelled."),
    ] = None,
    kind: Annotated[str | None, typer.Option(help="Only jobs of this kind, e.g. retain.")] = None,
    first: Annotated[int, typer.Option(help="At most so many, the newest first.", min=1, max=1000)] = 50,
    config: Config = None,
) -> None:
    """List jobs, the newest first."""
    from domain.jobs.listing import jobs, state_named

    wanted = None if state is None else state_named(state)
    found = _ask(config, lambda session: jobs(session, state=wanted, kind=kind, first=first))
    _print(found)


@app.command()
def show(job: JobId, config: Config = None) -> None:
    """Show one job, with every fault of its tries: the error's class, never its text."""
    from domain.jobs.listing import faults
    from domain.jobs.listing import job as one

    found = _ask(config, lambda session: one(session, job))
    for name, value in found.shown().items():
        typer.echo(f"{name:<12} {value}")
    for fault in _ask(config, lambda session: faults(session, job)):
        typer.echo(f"{'fault':<12} {fault}")


@app.command()
def retry(job: JobId, config: Config = None) -> None:
    """Queue a failed or cancelled job again."""
    from domain.jobs.commands import retry_job

    _ask(config, lambda session: retry_job(session, job))
    typer.echo(f"Job {job} is queued again.")


@app.command()
def cancel(job: JobId, config: Config = None) -> None:
    """Call off a job that waits; tell one that runs to stop."""
    from domain.jobs.commands import cancel_job

    _ask(config, lambda session: cancel_job(session, job))
    typer.echo(f"Job {job} is called off.")


def _print(found: "list[Job]") -> None:
    from rich.console import Console
    from rich.table import Table

    if not found:
        typer.echo("No such jobs.")
        return
    table = Table(box=None, pad_edge=False)
    for name in ("job", "kind", "state", "tries", "created", "started", "finished", "error"):
        table.add_column(name, justify="right" if name in ("job", "tries") else "left")
    for each in found:
        table.add_row(*each.cells())
    Console().print(table)


def _ask(config: object, question: "Callable[[Session], Awaitable[T]]") -> T:
    """The answer to the question, in one transaction on the store."""
    from domain.db import engine, run

    async def ask(url: str) -> T:
        on: Engine = engine(url, pool_size=1)
        try:
            return await run(on, question, origin="cli")
        finally:
            await on.dispose()

    with store(settings_of(config)) as url:  # type: ignore[arg-type]  # typer gives a path or nothing
        return asyncio.run(ask(url))
