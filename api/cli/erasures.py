"""`dangol erasures`: what a restore needs before anything is served."""

import asyncio
from datetime import UTC, datetime

import typer

from api.cli.place import Config, settings_of, store
from api.counting import counted

app = typer.Typer(help="Erased persons, after a restore from a backup.", no_args_is_help=True)


@app.callback()
def _many() -> None:
    """Without this, typer would make the only command the whole."""


@app.command()
def replay(config: Config = None) -> None:
    """Erase again whom the journal names and the restored store still holds.

    The journal (DANGOL_ERASURE_JOURNAL, by default erasures.journal in the data directory) lies outside the
    database, so it knows of erasures that a backup does not. Nothing is served before this has run.
    """
    from api import logs
    from domain.db import engine
    from domain.personal.journal import Journal
    from domain.personal.restored import replay
    from domain.tables import metadata

    settings = settings_of(config)
    logs.configure(settings.log_level)

    async def again(url: str) -> int:
        on = engine(url, pool_size=2)
        try:
            now = datetime.now(UTC)
            return await replay(on, Journal(settings.journal_path), now=now, tables=metadata)
        finally:
            await on.dispose()

    with store(settings, replayed=False) as url:
        count = asyncio.run(again(url))
    typer.echo(f"Made again: {counted(count, 'erasure')}. The store may be served.")
