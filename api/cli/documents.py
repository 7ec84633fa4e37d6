"""`dangol documents`: which documents front ends have registered."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from api.cli.place import Config, settings_of, store
from api.counting import counted

if TYPE_CHECKING:
    from domain.db import Session

T = TypeVar("T")

app = typer.Typer(
    help=(
        "Registered (trusted) documents: front ends send their hash instead of their text, and a credential can be "
        "held to them."
    ),
    no_args_is_help=True,
)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="Relay's persisted queries, or Apollo's manifest.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check everything and register nothing.")
    ] = False,
    config: Config = None,
) -> None:
    """Register the documents of a manifest. All of them fit the schema, or none is registered.

    Example: dangol documents import persisted-queries.json
    """
    from api.graphql.documents import Documents
    from api.graphql.schema import schema
    from api.manifests import check, read
    from domain.documents.commands import register

    found = read(file)
    check(Documents(schema()), found)
    if dry_run:
        typer.echo(f"Fit for the schema: {counted(len(found), 'document')}; nothing was registered.")
        return
    new = _transaction(config, lambda session: register(session, found))
    typer.echo(f"{counted(new, 'document')} registered; registered before: {len(found) - new:,}.")


@app.command("list")
def list_(config: Config = None) -> None:
    """List the registered documents: hash, bytes, when registered, name."""
    from domain.documents.queries import registered

    found = _transaction(config, registered)
    if not found:
        typer.echo("No documents are registered.")
    for each in found:
        typer.echo(f"{each.digest}  {each.size:>7}  {each.registered_at:%Y-%m-%d %H:%M}  {each.name}")


@app.command("remove")
def remove(
    digests: Annotated[list[str], typer.Argument(help="Hashes, as `dangol documents list` shows them.")],
    config: Config = None,
) -> None:
    """Remove registered documents. Processes that serve know of it within a minute."""
    from domain.documents.commands import remove as removed

    given = [digest.lower().removeprefix("sha256:") for digest in digests]
    _transaction(config, lambda session: removed(session, given))
    typer.echo(f"{counted(len(given), 'document')} removed.")


def _transaction(config: Path | None, work: "Callable[[Session], Awaitable[T]]") -> T:
    """What `work` gives, in a committed transaction on the store of the settings."""
    from domain.db import engine, run

    async def transaction(url: str) -> T:
        on = engine(url, pool_size=1)
        try:
            return await run(on, work, origin="cli:documents")
        finally:
            await on.dispose()

    with store(settings_of(config)) as url:
        return asyncio.run(transaction(url))
