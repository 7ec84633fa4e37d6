"""`dangol cube`: build the cube anew, and prove it equal to Postgres."""

import typer

from api.cli.place import Config, settings_of, store
from api.cli.progress import building
from olap.owner import rebuild as rebuild_cube
from olap.owner import verify as verify_cube

app = typer.Typer(help="Build the cube anew, or prove it equal to Postgres.", no_args_is_help=True)

DIFFERENT = 1


@app.command()
def rebuild(config: Config = None) -> None:
    """Build the whole cube anew from Postgres and swap it in; a running server goes on answering meanwhile."""
    settings = settings_of(config)
    with store(settings) as url, building() as progress:
        report = rebuild_cube(url, settings.cube_path, progress)
    typer.echo(report.text())


@app.command()
def verify(config: Config = None) -> None:
    """Compare every cell of a coarse grid with Postgres, to the last unit. Exit code 1 when one differs."""
    settings = settings_of(config)
    with store(settings) as url:
        report = verify_cube(url, settings.cube_path)
    typer.echo(report.text())
    if report.differences:
        raise typer.Exit(DIFFERENT)
