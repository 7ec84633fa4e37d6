"""One database for many tests that commit: emptied after each, in a tenth of the time of a copy of one's own."""

import adbc_driver_postgresql.dbapi as adbc

_EMPTY = """
DO $$
DECLARE
    name text;
BEGIN
    PERFORM set_config('session_replication_role', 'replica', true);
    FOR name IN SELECT oid::regclass FROM pg_class
                WHERE relnamespace IN ('public'::regnamespace, 'jobs'::regnamespace)
                  AND relkind IN ('r', 'p') AND NOT relispartition
                  AND relname NOT IN ('alembic_version', 'calendar_days', 'company', 'currencies', 'erasure_store',
                                      'holidays', 'lifecycle_rules', 'retention_rules', 'rfm_schemes') LOOP
        EXECUTE 'DELETE FROM ' || name;
    END LOOP;
    PERFORM setval(oid::regclass, 1, false) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'S';
    DELETE FROM lifecycle_rules WHERE id > 1;
    PERFORM setval(pg_get_serial_sequence('lifecycle_rules', 'id'), 1);
    DELETE FROM rfm_schemes WHERE id > 1;
    PERFORM setval(pg_get_serial_sequence('rfm_schemes', 'id'), 1);
END $$
"""


def execute(url: str, statement: str) -> None:
    """The statement has run, outside any transaction."""
    with adbc.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(statement)


def empty(url: str) -> None:
    """The database is as a migration leaves it: no rows, no events, keys from 1. Nobody may be writing."""
    execute(url, _EMPTY)
