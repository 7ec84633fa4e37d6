-- What is seen already of the feed beyond its settled part: transactions that are over while an older one runs. No
-- reader may go on from here; whoever compares the cube with the mart at one moment must count these in.
SELECT c.xid::text::bigint AS xid, c.id, c.aggregate, c.aggregate_id, c.version, c.operation, c.at, c.xid AS raw_xid
FROM public.change c
WHERE c.xid >= pg_snapshot_xmin(pg_current_snapshot())
