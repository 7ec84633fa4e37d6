-- One row: where the feed stands (every event before `horizon` is visible for good) and what the company counts in.
SELECT
    feed_epoch::integer AS feed_epoch,
    pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon,
    time_zone,
    currency
FROM public.company
