"""`dangol`: what it can do, and how its errors look: one line that says what was wrong and what to do."""

import importlib.metadata
import signal
import sys
from types import FrameType
from typing import Annotated

import typer

from api import garbage
from api.cli import (
    cube,
    demo,
    documents,
    erasures,
    explain,
    imports,
    jobs,
    lifetime,
    mart,
    migrate,
    retention,
    schema,
    schemes,
    segments,
    serve,
    token,
    worker,
)
from api.settings import SettingsError
from domain.errors import DomainError
from domain.postgres import PostgresError
from olap.errors import CubeError

REFUSED = 1
"""The exit code of a command that was refused. Usage errors end with 2, as everywhere."""

app = typer.Typer(
    help=(
        "Dangol: a CRM backend. A GraphQL API for daily work and an OLAP cube for the questions behind it.\n\n"
        "Start with [bold]dangol demo[/bold], or bring your own data with [bold]dangol import[/bold] and then "
        "[bold]dangol serve[/bold]. Settings come from DANGOL_* or dangol.toml; nothing needs to be set."
    ),
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"dangol {importlib.metadata.version('dangol')}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """What holds for all commands."""


app.command("serve")(serve.serve)
app.command("demo")(demo.demo)
app.command("import")(imports.import_files)
app.command("worker")(worker.worker)
app.command("migrate")(migrate.migrate)
app.command("token")(token.token)
app.command("schema")(schema.schema)
app.command("explain")(explain.explain)
cube.app.command("lifetime")(lifetime.lifetime)
app.add_typer(cube.app, name="cube")
app.add_typer(mart.app, name="mart")
app.add_typer(documents.app, name="documents")
app.add_typer(jobs.app, name="jobs")
app.add_typer(segments.app, name="segments")
app.add_typer(schemes.app, name="schemes")
app.add_typer(retention.app, name="retention")
app.add_typer(erasures.app, name="erasures")


def _stop(number: int, _: FrameType | None) -> None:
    """End in an orderly way: every `with` closes what it opened, the embedded Postgres too."""
    raise SystemExit(128 + number)


def main() -> None:
    """The entry point. Refusals are one line on standard error; anything else is a bug and shows its trace."""
    signal.signal(signal.SIGTERM, _stop)
    garbage.seldom()
    try:
        app()
    except (SettingsError, DomainError, PostgresError, CubeError) as error:
        typer.secho(f"dangol: {error}", fg="red", err=True)
        sys.exit(REFUSED)
