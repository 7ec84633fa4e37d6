"""`dangol cube`: build the cube anew, and prove it equal to Postgres."""

import typer

from api.cli.place import Config, settings_of, store

app = typer.Typer(help="Build the cube anew, or prove it equal to Postgres.", no_args_is_help=True)

DIFFERENT = 1


@app.command()
def rebuild(config: Config = None) -> None:
    """Build the whole cube anew from Postgres and swap it in; a running server goes on answering meanwhile."""
    from api.cli.progress import building
    from olap import owner

    settings = settings_of(config)
    with store(settings) as url, building() as progress:
        report = owner.rebuild(url, settings.cube_path, progress)
    typer.echo(report.text())


@app.command()
def verify(config: Config = None) -> None:
    """Compare every cell of a coarse grid with Postgres, to the last unit. Exit code 1 when one differs."""
    from olap import owner

    settings = settings_of(config)
    with store(settings) as url:
        report = owner.verify(url, settings.cube_path)
    typer.echo(report.text())
    if report.differences:
        raise typer.Exit(DIFFERENT)
