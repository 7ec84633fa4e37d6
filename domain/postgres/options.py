"""How a server is set up: our settings for the embedded one, and how they reach it.

They go on the command line at each start, so that an old data directory gets what the code says today.
fsync, full_page_writes and synchronous_commit keep PostgreSQL's `on`: these are people's data.
"""

import shlex
from collections.abc import Mapping
from pathlib import Path

from domain.postgres.errors import PostgresError

SOCKET_PORT = 5432  # only a file name in a directory of our own, so it never collides

DEFAULTS: Mapping[str, str] = {
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    # An import of a million rows writes about 2 GB of WAL; the stock 1 GB would checkpoint all the time.
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    # Compiling a plan costs more than it saves on statements of a few milliseconds.
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_directory": "log",
    # One file a weekday, emptied when its day comes again: a week is kept and the log cannot grow for ever.
    "log_filename": "postgresql-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_file_mode": "0600",
    # Statements and the values in their errors are personal data: the caller gets them, the log does not.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


# What `running` itself decides; asking for one of them otherwise would be silently undone.
RESERVED = (
    "data_directory",
    "listen_addresses",
    "port",
    "unix_socket_directories",
    "unix_socket_permissions",
)


def check_settings(settings: Mapping[str, str]) -> None:
    """Refuse settings that are not the caller's."""
    taken = sorted(name for name in settings if name.lower() in RESERVED)
    if taken:
        raise PostgresError(f"{', '.join(taken)} cannot be set here; for TCP on 127.0.0.1 give a port")


def command_line(*, settings: Mapping[str, str], socket_dir: Path, port: int | None) -> str:
    """The postmaster's arguments, quoted for the shell through which pg_ctl starts it."""
    chosen = {
        **DEFAULTS,
        **settings,
        "listen_addresses": "" if port is None else "127.0.0.1",
        "port": str(port or SOCKET_PORT),
        "unix_socket_directories": str(socket_dir),
        "unix_socket_permissions": "0700",
    }
    return " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in chosen.items())
