"""`dangol cube`: build the cube anew, prove it equal to Postgres, and score the customers over it."""

import asyncio
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from api.cli.place import Config, settings_of, store

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

    from api import logs
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
    typer.echo(f"{len(requests):,} requests are logged, {len(slow):,} of them were answered from the facts.")
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
    scheme: Annotated[str | None, typer.Option(help="One scheme; all that stand without.")] = None,
) -> None:
    """Score every customer by the schemes of RFM at the end of a day; only what changed is written."""
    settings = settings_of(config)
    with store(settings) as url:
        told = asyncio.run(_score(url, on.date() if on else None, scheme))
    typer.echo(told)


async def _score(url: str, on: date | None, scheme: str | None) -> str:
    from api.scoring import score
    from domain.db import BULK_SETTINGS, engine

    commands = engine(url, pool_size=1, settings=BULK_SETTINGS)
    try:
        found = await score(commands, url, now=datetime.now(UTC), on=on, scheme=scheme)
    finally:
        await commands.dispose()
    return "\n".join(
        f"{name}: {each.customers:,} customers scored, {each.changed:,} changed"
        for name, each in found.items()
    )
