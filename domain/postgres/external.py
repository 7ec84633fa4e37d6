"""A server of the company's own: is it there, is it new enough, and where does its store stand."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import asyncpg

from domain.postgres.errors import PostgresError
from domain.postgres.versions import check_version

TIMEOUT_SECONDS = 5


def without_password(url: str) -> str:
    """The address as it may be shown."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", ":***@")).geturl()


@dataclass(frozen=True)
class Standing:
    """The revision of a store, None if it was never migrated, and the digest of the views that the cube reads."""

    revision: str | None
    views: str | None


async def check_server(url: str) -> Standing:
    """Where the store at `url` stands.

    Raises PostgresError when nobody answers there, who answers is older than Postgres 15, refuses us, or has
    no such database.
    """
    where = without_password(url)
    try:
        connection = await asyncpg.connect(url, timeout=TIMEOUT_SECONDS)
    except (OSError, TimeoutError) as error:
        reason = getattr(error, "strerror", None) or str(error) or "no answer"
        raise PostgresError(
            f"no Postgres answers at {where}: {reason}; start it, or unset DANGOL_DATABASE_URL for the embedded one"
        ) from None
    except (asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise PostgresError(f"Postgres at {where} refuses us: {error}") from None
    try:
        check_version(int(await connection.fetchval("SELECT current_setting('server_version_num')")))
        if await connection.fetchval("SELECT to_regclass('public.alembic_version')") is None:
            return Standing(None, None)
        return Standing(
            revision=await connection.fetchval("SELECT version_num FROM alembic_version"),
            views=await connection.fetchval(
                "SELECT obj_description(to_regnamespace('mart'), 'pg_namespace')"
            ),
        )
    finally:
        await connection.close()
