-- One row: where the feed stands (every event before `horizon` is visible for good) and what the company counts in.
-- `scored` is another whenever customers were scored: of that there is no event.
SELECT
    feed_epoch::integer AS feed_epoch,
    pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon,
    time_zone,
    currency,
    coalesce((SELECT string_agg(concat(scheme, ' ', xmin), ', ' ORDER BY scheme) FROM public.rfm_runs), '')
        || coalesce((SELECT string_agg(concat(', ', currency, ' ', xmin), '' ORDER BY currency) FROM public.lifetime_runs), '')
        AS scored
FROM public.company
