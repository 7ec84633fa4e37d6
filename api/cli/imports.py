"""`dangol import`."""

import asyncio
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from api.cli.place import Config, settings_of, store


def import_files(
    paths: Annotated[
        list[Path], typer.Argument(help="CSV, CSV.GZ, Parquet or XLSX files; all sheets of the last.")
    ],
    mapping: Annotated[
        Path,
        typer.Option("--mapping", "-m", help="TOML file that says which column is what; see docs/import.md."),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything but change the store.")] = False,
    rejects: Annotated[
        Path | None,
        typer.Option(help="Where bad rows go, with line and reason; default: <first file>.rejects.csv here."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
    config: Config = None,
) -> None:
    """Load your own files: orders with their lines, customers, products, touchpoints.

    The store is started and migrated if need be. Bad rows go to the rejects file and stop nothing; running the
    same files again changes nothing; an interrupted run is finished by running it again. Exit code 0: every row
    was taken; 3: some rows were rejected, the rest is in; 1: refused, nothing was changed.

    Example: dangol import --mapping examples/online_retail.toml year_2009_2010.parquet year_2010_2011.parquet
    """
    from api.importing.progress import bar, silent
    from api.importing.run import prepare, run_import

    written = rejects or Path(f"{paths[0].name}.rejects.csv")
    prepare(mapping, paths, written)
    settings = settings_of(config)
    shown = nullcontext(silent) if quiet else bar()
    with store(settings) as url, shown as progress:
        report = asyncio.run(
            run_import(url, mapping, paths, dry_run=dry_run, progress=progress, rejects=written)
        )
    for line in report.lines():
        typer.echo(line)
    sys.exit(report.exit_code)
