-- In which stage of the lifecycle customers were, and from which day until which: a row for each time, that of the last
-- stage of a day where there were several. A fact is joined by its customer and its day, and has the stage at that day's
-- end; before the first that was told it has none.
-- @follows customer by customer_id
-- @column customer_stage_key bigint not null
-- @column customer_id bigint not null
-- @column is_current boolean not null
-- @column valid_from timestamptz
-- @column valid_to timestamptz
-- @column from_key integer not null
-- @column to_key integer not null
-- @column lifecycle_stage text
SELECT 0::bigint AS customer_stage_key, 0::bigint AS customer_id, true AS is_current, NULL::timestamptz AS valid_from,
       NULL::timestamptz AS valid_to, 0 AS from_key, 99999999 AS to_key, NULL::text AS lifecycle_stage
UNION ALL
SELECT t.customer_id * 100000 + (t.from_day - date '1900-01-01'), t.customer_id, t.valid_to IS NULL, t.valid_from, t.valid_to,
       to_char(t.from_day, 'YYYYMMDD')::integer, coalesce(to_char(t.to_day, 'YYYYMMDD')::integer, 99999999), lower(t.stage)
FROM (
    SELECT s.customer_id, s.stage, s.since AS valid_from, s.until AS valid_to,
           (s.since AT TIME ZONE company.time_zone)::date AS from_day,
           (s.until AT TIME ZONE company.time_zone)::date AS to_day
    FROM public.company
    CROSS JOIN (
        SELECT customer_id, stage, since, lead(since) OVER (PARTITION BY customer_id ORDER BY since) AS until
        FROM (
            SELECT h.customer_id, h.stage, h.since
            FROM public.customer_lifecycle_stages h
            JOIN public.customers c ON c.id = h.customer_id AND h.since < c.lifecycle_since
            UNION ALL
            SELECT id, lifecycle_stage, lifecycle_since FROM public.customers
        ) told
    ) s
) t
WHERE t.to_day IS NULL OR t.from_day < t.to_day
