"""`dangol migrate`."""

import typer

from api.cli.place import Config, settings_of, store


def migrate(config: Config = None) -> None:
    """Bring the store to the schema of this version.

    The embedded store is migrated by every command by itself; a server of your own (DANGOL_DATABASE_URL) only
    by this one. Everything happens in one transaction: it succeeds or changes nothing.
    """
    from migrations.command import upgrade
    from migrations.newest import head

    with store(settings_of(config), migrate=False) as url:
        upgrade(url)
    typer.echo(f"The store stands at {head()}.")
