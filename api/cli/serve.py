"""`dangol serve`: the API and the cube, on the embedded Postgres or a server of your own."""

import os
import socket

import typer

from api.cli.place import Config, Host, Port, settings_of, store
from api.settings import Settings, SettingsError, environment

SERVERS_MEMORY = ("_RJEM_MALLOC_CONF", "dirty_decay_ms:0,muzzy_decay_ms:0")
"""The server's own part of a worker gives memory back once it is free. It holds 128 KiB for each WebSocket, and by
default kept most of what 1,000 closed ones had: a worker stayed at 446 MB after two bursts, now at 336 (measured)."""


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
        open_store(url, settings.cube_path, progress=progress).close()


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
    os.environ.setdefault(*SERVERS_MEMORY)  # read when the server's library is loaded, here
    from granian import Granian
    from granian.constants import Interfaces, Loops
    from granian.log import LogLevels

    from api.draining import warn_workers_first
    from api.logs import SERVER

    os.environ.update(environment(settings))
    os.environ["DANGOL_DATABASE_URL"] = url
    server = Granian(
        target="api.app:create",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        workers=1,
        respawn_failed_workers=True,
        workers_kill_timeout=20,
        log_access=False,
        log_dictconfig=SERVER,
        log_level=LogLevels.warning,
    )
    server.on_startup(warn_workers_first)
    server.serve()
