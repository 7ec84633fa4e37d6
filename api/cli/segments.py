"""`dangol segments`: ask the rules of segments anew."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from api.cli.place import Config, settings_of, store

app = typer.Typer(help="Ask the rules of segments anew.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Ask the rules of segments anew."""


@app.command()
def refresh(
    config: Config = None,
    name: Annotated[str | None, typer.Option(help="One segment; all that are by rule without.")] = None,
) -> None:
    """Find anew who is in the segments that are by rule; a running server follows by itself."""
    settings = settings_of(config)
    with store(settings) as url:
        typer.echo(asyncio.run(_refresh(url, name)))


async def _refresh(url: str, name: str | None) -> str:
    from domain.db import BULK_SETTINGS, engine, run
    from domain.segments.refresh import Refreshed, named_segments, refresh_segment

    commands = engine(url, pool_size=1, settings=BULK_SETTINGS)

    async def each(key: int) -> Refreshed:
        return await run(
            commands, lambda session: refresh_segment(session, key, now=datetime.now(UTC)), origin="cli"
        )

    try:
        found = await run(commands, lambda session: named_segments(session, name), origin="cli")
        told = [(shown, await each(key)) for key, shown in found]
    finally:
        await commands.dispose()
    if not told:
        return "No segment is by rule."
    return "\n".join(f"{shown}: {moved.entered:,} entered, {moved.left:,} left" for shown, moved in told)
