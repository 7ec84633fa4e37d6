"""`dangol cube`: build the cube anew, prove it equal to Postgres, and score the customers over it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.place import Config, settings_of, store
from api.counting import counted

if TYPE_CHECKING:
    from domain.db import Engine
    from domain.scores.writing import Scored

app = typer.Typer(
    help="Build the cube anew, prove it equal to Postgres, or score the customers.", no_args_is_help=True
)

DIFFERENT = 1


@app.command()
def rebuild(config: Config = None) -> None:
    """Build the whole cube anew from Postgres and swap it in; a running server goes on answering meanwhile."""
    from api.cli.progress import building
    from olap import opening

    settings = settings_of(config)
    with store(settings) as url, building() as progress:
        report = opening.rebuild(url, settings.cube_place, progress)
    typer.echo(report.text())


@app.command("serve")
def serve(config: Config = None) -> None:
    """Own the cube until Ctrl-C or SIGTERM: follow the feed, and answer the API processes of this machine.

    Without it, the first `dangol serve` owns the cube, and answers those that start after it.
    """
    import threading

    from api import garbage, logs
    from api.cli.progress import building
    from olap.engines.names import EngineName
    from olap.errors import CubeError
    from olap.store import open_store

    settings = settings_of(config)
    if settings.cube_engine is not EngineName.DUCKDB:
        raise CubeError(
            f"with cube_engine {settings.cube_engine} there is no file to own: `dangol serve` is enough"
        )
    logs.configure(settings.log_level)
    with store(settings) as url:
        with building() as progress:
            opened = open_store(url, settings.cube_path, progress=progress)
        with opened:
            garbage.settle()
            typer.echo(f"Owning the cube {settings.cube_path}. Ctrl-C stops.")
            threading.Event().wait()


@app.command()
def verify(config: Config = None) -> None:
    """Compare every cell of a coarse grid with Postgres, to the last unit. Exit code 1 when one differs."""
    from olap import opening

    settings = settings_of(config)
    with store(settings) as url:
        report = opening.verify(url, settings.cube_place)
    typer.echo(report.text())
    if report.differences:
        raise typer.Exit(DIFFERENT)


@app.command()
def advise(config: Config = None) -> None:
    """Propose rollups for the questions that no rollup answered, from the log of requests."""
    from contextlib import closing

    from olap.opening import open_cube
    from olap.requests import RequestLog
    from olap.rollups.advice import advise as proposals

    settings = settings_of(config)
    requests = list(RequestLog(settings.cube_requests_path).read())
    slow = [request for request in requests if request.rollup is None]
    typer.echo(
        f"Logged: {counted(len(requests), 'request')}; answered from the facts, not from a rollup: {len(slow):,}."
    )
    if not slow:
        return
    with store(settings) as url, closing(open_cube(url, settings.cube_place)) as cube:
        for proposal in proposals(cube.engine, slow):
            typer.echo(proposal.text())


@app.command()
def score(
    config: Config = None,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; yesterday without.")
    ] = None,
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m"], help="Score at each end of a month from this one on."),
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m"], help="The last month; up to yesterday without."),
    ] = None,
    scheme: Annotated[str | None, typer.Option(help="One scheme; all that stand without.")] = None,
    anew: Annotated[
        bool, typer.Option("--anew", help="With --from: forget what was scored, and begin again.")
    ] = False,
) -> None:
    """Score every customer by the schemes of RFM at the end of a day, or of each month; only what changed is written.

    Scores go forwards: months before a day that was scored are passed over, unless all begins --anew.
    """
    if (first is None and (last is not None or anew)) or (first is not None and on is not None):
        raise typer.BadParameter("give --on, or --from with --to and --anew if wanted")
    if first is not None and last is not None and last < first:
        raise typer.BadParameter(f"--to {last:%Y-%m} is before --from {first:%Y-%m}")
    settings = settings_of(config)
    with store(settings) as url:
        if first is None:
            asyncio.run(_score(url, on.date() if on else None, scheme))
        else:
            asyncio.run(_score_months(url, first.date(), _end(last), scheme, anew=anew))


def _end(month: datetime | None) -> date | None:
    """The last day of the month."""
    return (
        None
        if month is None
        else (month.replace(day=28) + timedelta(days=4)).replace(day=1).date() - timedelta(1)
    )


async def _score(url: str, on: date | None, scheme: str | None) -> None:
    from api.scoring import score

    async with _writing(url) as commands:
        found = await score(commands, url, now=datetime.now(UTC), on=on, scheme=scheme)
    for name, each in found.items():
        typer.echo(f"{name}: {each.customers:,} customers scored, {each.changed:,} changed")


async def _score_months(url: str, first: date, last: date | None, scheme: str | None, *, anew: bool) -> None:
    from api.scoring import score_months

    def told(day: date, name: str, scored: "Scored") -> None:
        typer.echo(f"{day} {name}: {scored.customers:,} customers scored, {scored.changed:,} changed")

    async with _writing(url) as commands:
        await score_months(
            commands, url, now=datetime.now(UTC), first=first, last=last, scheme=scheme, anew=anew, told=told
        )


@asynccontextmanager
async def _writing(url: str) -> AsyncIterator["Engine"]:
    from domain.db import BULK_SETTINGS, engine

    commands = engine(url, pool_size=1, settings=BULK_SETTINGS)
    try:
        yield commands
    finally:
        await commands.dispose()
