"""What holds the feed back: the oldest transaction that writes, or was prepared and forgotten, in any database."""

from olap import source
from olap.source import Connection

OLDEST = """
    SELECT format('process %s (%s) in database %s', pid, coalesce(nullif(application_name, ''), 'unnamed'), datname)
               AS who,
           extract(epoch FROM clock_timestamp() - xact_start)::bigint AS seconds,
           age(backend_xid) AS age
    FROM pg_stat_activity WHERE backend_xid IS NOT NULL
    UNION ALL
    SELECT format('prepared transaction %s in database %s', gid, database),
           extract(epoch FROM clock_timestamp() - prepared)::bigint,
           age(transaction)
    FROM pg_prepared_xacts
    ORDER BY age DESC
    LIMIT 1
"""


def oldest_writer(connection: Connection) -> str | None:
    """Who it is and since when, for a person; None where nothing holds the feed back."""
    found = source.read(connection, OLDEST).to_pylist()
    return f"{found[0]['who']} has been writing for {found[0]['seconds']} s" if found else None
