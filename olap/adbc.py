"""Connections to Postgres by ADBC, whose driver reads the catalogue of types once a process, not for each connection.

It does so when its `AdbcDatabase` is made: 75 ms of CPU here and 18 of the server's, where a connection takes 4
(measured). What the mart gives is of Postgres's own types, which are the same in every database of every server; and
an `AdbcDatabase` connects to where its `uri` points at that moment. So one that was made serves every URL after it.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Connection as Connection
else:
    Connection = Any  # the driver brings pandas with it, 90 MB that a process without a cube has no use for

_idle: list[Any] = []
"""Those by which nobody connects at the moment: as many as ever connected at once."""


def connected(url: str) -> Connection:
    """A new connection to the libpq URL, each statement in a transaction of its own. Raises the driver's Error."""
    import adbc_driver_manager as adbc
    import adbc_driver_postgresql as driver
    from adbc_driver_manager.dbapi import Connection, _SharedDatabase

    try:
        database = _idle.pop()
    except IndexError:
        database = driver.connect(url)
    else:
        database.set_options(uri=url)
    try:
        opened = adbc.AdbcConnection(database)
    finally:
        _idle.append(database)
    # Shared, as clones of a connection have it: it stays when the connection is closed.
    return Connection(_SharedDatabase(database), opened, autocommit=True)
