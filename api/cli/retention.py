"""`dangol retention`: how long personal data is kept, and what is past it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from api.cli.place import Config, settings_of, store

if TYPE_CHECKING:
    from domain.db import Engine

T = TypeVar("T")

app = typer.Typer(help="How long personal data is kept, and what is past it.", no_args_is_help=True)

EVER = "ever"


@app.command("list")
def list_(config: Config = None) -> None:
    """List the periods, and how many rows of each place are past them now. Changes nothing."""
    from rich.console import Console
    from rich.table import Table

    from domain.db import run
    from domain.personal.retaining import overview
    from domain.tables import metadata

    async def ask(on: "Engine") -> list[tuple[str, ...]]:
        return await run(
            on, lambda session: overview(session, now=datetime.now(UTC), tables=metadata), origin="cli"
        )

    table = Table(box=None, pad_edge=False)
    for name in ("tag", "purpose", "days", "where", "past"):
        table.add_column(name, justify="right" if name in ("days", "past") else "left")
    for row in _ask(config, ask):
        table.add_row(*row)
    Console().print(table)


@app.command("set")
def set_(
    tag: Annotated[str, typer.Argument(help="basic, contact, unique or sensitive.")],
    purpose: Annotated[str, typer.Argument(help="relationship, service, offer, trade or access.")],
    days: Annotated[str, typer.Argument(help=f"1 to 36500, or '{EVER}'.")],
    config: Config = None,
) -> None:
    """Set a period, in days; 'ever' keeps such data as long as the person is a customer."""
    from domain.db import run
    from domain.personal.retaining import period_named, set_retention

    period = period_named(tag, purpose, None if days == EVER else days)

    async def change(on: "Engine") -> None:
        await run(
            on,
            lambda session: set_retention(session, period.tag, period.purpose, days=period.days),
            origin="cli",
        )

    _ask(config, change)
    typer.echo(
        f"{period.tag} data held for {period.purpose} is kept for {days}{'' if days == EVER else ' days'}."
    )


@app.command("run")
def run_(config: Config = None) -> None:
    """Take away now what is past its period, as the nightly job does."""
    from domain.personal.retaining import retain, taken
    from domain.tables import metadata

    async def work(on: "Engine") -> list[str]:
        key = await retain(on, now=datetime.now(UTC), tables=metadata)
        return await taken(on, key)

    for line in _ask(config, work, bulk=True) or ["Nothing was past its period."]:
        typer.echo(line)


def _ask(config: object, question: "Callable[[Engine], Awaitable[T]]", *, bulk: bool = False) -> T:
    """The answer to the question, on the store."""
    from domain.db import BULK_SETTINGS, engine

    async def ask(url: str) -> T:
        on = engine(url, pool_size=2, settings=BULK_SETTINGS if bulk else None)
        try:
            return await question(on)
        finally:
            await on.dispose()

    with store(settings_of(config)) as url:  # type: ignore[arg-type]  # typer gives a path or nothing
        return asyncio.run(ask(url))
