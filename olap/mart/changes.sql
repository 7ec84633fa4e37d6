-- The feed of changes as far as it is settled: nothing can come before a row seen here. Read in (xid, id) order.
SELECT c.xid::text::bigint AS xid, c.id, c.aggregate, c.aggregate_id, c.version, c.operation, c.at, c.xid AS raw_xid
FROM public.change c
WHERE c.xid < pg_snapshot_xmin(pg_current_snapshot())
