"""Which PostgreSQL versions will do."""

from domain.postgres.errors import PostgresError

OLDEST = 15


def check_version(server_version_num: int) -> None:
    """Refuse a server older than 15. Takes what `SHOW server_version_num` gives, e.g. 180004."""
    major, minor = divmod(server_version_num, 10_000)
    if major < OLDEST:
        raise PostgresError(f"PostgreSQL {major}.{minor} is too old; {OLDEST} or later is needed")
