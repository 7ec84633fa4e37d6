-- Orders by what all their lines have in common: `customer_key` is the customer's traits as they were when the order was
-- placed.
SELECT
    o.id AS order_id,
    coalesce(d.key, 0)::integer AS date_key,
    coalesce(cv.id, 0)::bigint AS customer_key,
    coalesce(o.customer_id, 0)::bigint AS customer_id,
    coalesce(ch.channel_key, 0)::integer AS channel_key,
    coalesce(o.branch_id, 0)::bigint AS branch_key,
    cu.number::integer AS currency_key,
    (o.customer_id IS NOT NULL)::integer AS known_key,
    coalesce(o.agent_id, 0)::bigint AS agent_key,
    CASE WHEN d.key IS NULL OR b.birth_on IS NULL THEN 0
         ELSE least(greatest((d.key - to_char(b.birth_on, 'YYYYMMDD')::integer) / 100000, 1), 7) END AS age_key,
    o.ordered_at
FROM public.orders o
CROSS JOIN public.company
JOIN public.currencies cu ON cu.code = o.currency
LEFT JOIN public.customers b ON b.id = o.customer_id
LEFT JOIN public.calendar_days d ON d.day = (o.ordered_at AT TIME ZONE company.time_zone)::date
LEFT JOIN (SELECT DISTINCT ON (upper(channel)) upper(channel) AS name, channel_key FROM mart.channel) ch
    ON ch.name = o.channel
LEFT JOIN public.customer_versions cv
    ON cv.customer_id = o.customer_id AND cv.valid_from <= o.ordered_at
    AND (cv.valid_to IS NULL OR o.ordered_at < cv.valid_to)
