-- What makes a customer's standing besides orders, as far as the day on which it came: that he is known at all, points
-- earned and spent, and what he was found to be. A score is days since 1900 * 1000 + the cell (213), a stage
-- microseconds since 1970 * 10 + its number, so that of several the greatest is the latest. Only the company's scheme of
-- RFM counts. `foretold` names the score that tells what he will bring: days since 1900 * 1000 + the currency's
-- number.
SELECT
    s.customer_id,
    (extract(year FROM s.day) * 12 + extract(month FROM s.day) - 1)::integer AS month,
    s.day,
    s.points,
    s.score,
    s.stage,
    s.foretold
FROM (
    SELECT c.id AS customer_id,
           least(c.joined_on, (c.created_at AT TIME ZONE company.time_zone)::date) AS day,
           0::bigint AS points, NULL::bigint AS score, NULL::bigint AS stage, NULL::bigint AS foretold
    FROM public.customers c CROSS JOIN public.company
    UNION ALL
    SELECT p.customer_id, (p.occurred_at AT TIME ZONE company.time_zone)::date, p.points, NULL::bigint, NULL::bigint, NULL::bigint
    FROM public.points_entries p CROSS JOIN public.company
    UNION ALL
    SELECT r.customer_id, r.valid_from, 0::bigint,
           (r.valid_from - date '1900-01-01')::bigint * 1000 + r.recency * 100 + r.frequency * 10 + r.monetary, NULL::bigint,
           NULL::bigint
    FROM public.rfm_scores r CROSS JOIN public.company WHERE r.scheme = company.rfm_scheme
    UNION ALL
    SELECT t.customer_id, (t.since AT TIME ZONE company.time_zone)::date, 0::bigint, NULL::bigint,
           (extract(epoch FROM t.since) * 1000000)::bigint * 10
           + array_position(ARRAY['PROSPECT', 'NEW', 'GROWING', 'LOYAL', 'AT_RISK', 'LAPSED', 'WON_BACK'], t.stage),
           NULL::bigint
    FROM public.customer_lifecycle_stages t CROSS JOIN public.company
    UNION ALL
    SELECT c.id, (c.lifecycle_since AT TIME ZONE company.time_zone)::date, 0::bigint, NULL::bigint,
           (extract(epoch FROM c.lifecycle_since) * 1000000)::bigint * 10
           + array_position(ARRAY['PROSPECT', 'NEW', 'GROWING', 'LOYAL', 'AT_RISK', 'LAPSED', 'WON_BACK'],
                            c.lifecycle_stage),
           NULL::bigint
    FROM public.customers c CROSS JOIN public.company
    UNION ALL
    SELECT l.customer_id, l.scored_on, 0::bigint, NULL::bigint, NULL::bigint,
           (l.scored_on - date '1900-01-01')::bigint * 1000 + cu.number
    FROM public.lifetime_scores l JOIN public.currencies cu ON cu.code = l.currency
) s
