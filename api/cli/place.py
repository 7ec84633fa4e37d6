"""The store that a command works on: the embedded Postgres, or the one that the settings name."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.settings import Settings, load
from domain.postgres import PostgresError, kept_running

if TYPE_CHECKING:  # a command on the embedded store has no use for it
    from domain.postgres.external import Standing

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        help="Settings file (TOML); default: dangol.toml here, if there is one.",
        show_default=False,
    ),
]

Host = Annotated[str | None, typer.Option(help="Address to serve on; default DANGOL_HOST or 127.0.0.1.")]
Port = Annotated[int | None, typer.Option(help="Port to serve on; default DANGOL_PORT or 8000.")]


def settings_of(config: Path | None) -> Settings:
    """The settings of a command."""
    return load(config)


@contextmanager
def store(settings: Settings, *, migrate: bool = True, replayed: bool = True) -> Iterator[str]:
    """The libpq URL of a store that stands at this code's revision and holds nobody who was erased.

    The embedded one is started for as long as it is used, brought back if it dies meanwhile, and migrated. A server
    of the company's own is migrated only by `dangol migrate`: a store that is behind is refused. So is one that was
    restored from a backup, until the journal of erasures is replayed (`dangol erasures replay`).
    """
    with _started(settings, migrate=migrate) as url:
        if migrate and replayed and settings.journal_path.exists():
            asyncio.run(_require_replayed(settings, url))
        yield url


async def _require_replayed(settings: Settings, url: str) -> None:
    from domain.db import engine
    from domain.personal.journal import Journal
    from domain.personal.restored import require_replayed

    on = engine(url, pool_size=1)
    try:
        await require_replayed(on, Journal(settings.journal_path))
    finally:
        await on.dispose()


@contextmanager
def _started(settings: Settings, *, migrate: bool) -> Iterator[str]:
    from domain.postgres.external import check_server

    with suppress(OSError):  # what cannot be made is told by whoever needs it first
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if settings.database_url is None:
        with kept_running(settings.data_dir) as server:
            _upgrade(server.url())
            yield server.url()
        return
    standing = asyncio.run(check_server(settings.database_url))
    if migrate:
        _require_current(standing)
    yield settings.database_url


def _upgrade(url: str) -> None:
    """The store stands where this code does. Where it does already, alembic is not loaded: it and the tables that it
    is told of are most of what a start loads, 0.7 s of CPU (measured)."""
    if not _is_current(url):
        from migrations.command import upgrade

        upgrade(url)


def _is_current(url: str) -> bool:
    from domain.postgres.external import check_server
    from migrations.newest import head
    from olap import mart

    with suppress(PostgresError):  # then the upgrade says why
        standing = asyncio.run(check_server(url))
        return standing.revision == head() and standing.views == mart.digest()
    return False


def _require_current(standing: "Standing") -> None:
    """Raise PostgresError for a store that this code does not know, or that stands behind it."""
    from migrations.ahead import check_known
    from migrations.newest import head
    from olap import mart

    check_known(standing.revision)
    if standing.revision != head():
        raise PostgresError(
            f"the store stands at {standing.revision or 'nothing'}, this version needs {head()}: "
            "run dangol migrate first"
        )
    if standing.views != mart.digest():
        raise PostgresError(
            "the views that the cube reads are those of another version: run dangol migrate first"
        )
