"""`dangol serve`: the API and the cube, on the embedded Postgres or a server of your own."""

import os
import socket

import typer

from api.cli.place import Config, Host, Port, settings_of, store
from api.settings import Settings, SettingsError, environment


def serve(
    host: Host = None,
    port: Port = None,
    config: Config = None,
) -> None:
    """Serve the GraphQL API under /graphql and the cube under /slicer until Ctrl-C or SIGTERM."""
    settings = with_address(settings_of(config), host=host, port=port)
    require_free(settings)
    with store(settings) as url:
        make_cube(settings, url)
        typer.echo(
            f"Serving http://{settings.host}:{settings.port} (GraphQL: /graphql, cube: /slicer). Ctrl-C stops."
        )
        run(settings, url)


def make_cube(settings: Settings, url: str) -> None:
    """The cube is there: built with a progress bar if it was not. Raises CubeError where another process has it and
    takes no questions."""
    from olap.engines.names import EngineName
    from olap.owner.lock import Owned, hold

    if settings.cube_engine is not EngineName.DUCKDB:
        return  # nothing is copied, or it is built where it is opened
    if settings.cube_path.exists():
        try:
            with hold(settings.cube_path):
                return  # whoever serves it brings it up to date
        except Owned as owned:
            if owned.socket:
                return  # its owner is asked
            raise
    from api.cli.progress import building
    from olap.store import open_store

    with building() as progress:
        # Whoever serves it follows the feed: one who goes in a moment would look at all of it, and begin a rebuild.
        open_store(url, settings.cube_path, progress=progress, follow=False).close()


def with_address(settings: Settings, *, host: str | None, port: int | None) -> Settings:
    """The settings with the address that the command line gives."""
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    return settings.model_copy(update=given)


def require_free(settings: Settings) -> None:
    """Raise SettingsError when the address cannot be served on: before anything is started."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise SettingsError(
                f"cannot serve on {settings.host}:{settings.port}: {reason}; choose another with --port or DANGOL_PORT"
            ) from None


def run(settings: Settings, url: str) -> None:
    """Serve until a signal ends it. The worker reads its settings from the environment, the store's address too."""
    from api import logs
    from api.serving.supervisor import configured, supervise

    logs.configure(settings.log_level)
    os.environ.update(environment(settings))
    os.environ["DANGOL_DATABASE_URL"] = url
    supervise(configured("api.app:create", host=settings.host, port=settings.port))
