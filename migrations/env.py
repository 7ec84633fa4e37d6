"""Alembic's environment: one transaction for all versions and the mart views, which follow the newest version.

The views of the schema `mart` are not versioned: they are dropped before and made again after each upgrade, from
the files in olap/mart, so that a version may change the columns beneath them.
"""

import asyncio

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from domain.db import BULK_SETTINGS, sqlalchemy_url
from domain.tables import metadata
from migrations.ahead import check_known
from olap import mart


def include(_: object, name: str | None, kind: str, *__: object) -> bool:
    """Leave the daily partitions of the feed to make_change_partitions."""
    return not (kind == "table" and str(name).startswith("change_"))


def migrate(connection: Connection) -> None:
    """Every version up to the asked one has run, and the mart views are those of the files."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_object=include,
        compare_server_default=False,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('dangol.migrate'))"))
        check_known(context.get_context().get_current_revision())
        if context.config.attributes.get("if_needed") and stands(connection):
            return
        mart.drop(connection)
        context.run_migrations()
        if connection.scalar(text("SELECT to_regclass('public.company')")):
            mart.create(connection)


def stands(connection: Connection) -> bool:
    """Whether there is nothing to do: so a start beside a running server takes no lock that its readers would feel."""
    newest = context.get_head_revision()
    return context.get_context().get_current_revision() == newest and mart.stands(connection)


async def connect() -> None:
    url = context.config.attributes["url"]
    engine = create_async_engine(
        sqlalchemy_url(url), poolclass=pool.NullPool, connect_args={"server_settings": BULK_SETTINGS}
    )
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
        await connection.commit()
    await engine.dispose()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    asyncio.run(connect())
