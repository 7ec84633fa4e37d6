-- Possible sales by the stages they have come into: one row for each move, by its day. The last one carries the amount
-- and the outcome, so that they count once. One without moves is in the stage it has since it was opened; its key is
-- below zero, as those of moves are above.
-- @fact
-- @follows opportunity by opportunity_id
-- @follows customer_birth by customer_id
-- @column stage_id bigint not null
-- @column opportunity_id bigint not null
-- @column date_key integer not null
-- @column customer_key bigint not null
-- @column customer_id bigint not null
-- @column branch_key bigint not null
-- @column agent_key bigint not null
-- @column currency_key integer not null
-- @column stage text not null
-- @column source text
-- @column standing integer not null
-- @column still_open integer not null
-- @column won integer not null
-- @column lost integer not null
-- @column ended integer not null
-- @column amount money
-- @column open_amount money
-- @column weighted_amount money
-- @column won_amount money
-- @column lost_amount money
-- @column seconds_in_stage bigint
-- @column one integer not null
-- @column age_key integer not null
-- @column moved_at timestamptz not null
SELECT
    coalesce(m.stage_id, -p.id)::bigint AS stage_id,
    p.id AS opportunity_id,
    coalesce(d.key, 0)::integer AS date_key,
    coalesce(cv.id, 0)::bigint AS customer_key,
    p.customer_id,
    coalesce(p.branch_id, 0)::bigint AS branch_key,
    coalesce(p.owner_id, 0)::bigint AS agent_key,
    cu.number::integer AS currency_key,
    lower(coalesce(m.to_stage, p.stage)) AS stage,
    lower(p.source) AS source,
    s.standing::integer AS standing,
    (s.standing AND p.stage NOT IN ('WON', 'LOST'))::integer AS still_open,
    (s.standing AND p.stage = 'WON')::integer AS won,
    (s.standing AND p.stage = 'LOST')::integer AS lost,
    (s.standing AND p.stage IN ('WON', 'LOST'))::integer AS ended,
    CASE WHEN s.standing THEN p.amount END::numeric(19, 4) AS amount,
    CASE WHEN s.standing AND p.stage NOT IN ('WON', 'LOST') THEN p.amount END::numeric(19, 4) AS open_amount,
    CASE WHEN s.standing AND p.stage NOT IN ('WON', 'LOST')
         THEN p.amount * p.probability / 100 END::numeric(19, 4) AS weighted_amount,
    CASE WHEN s.standing AND p.stage = 'WON' THEN p.amount END::numeric(19, 4) AS won_amount,
    CASE WHEN s.standing AND p.stage = 'LOST' THEN p.amount END::numeric(19, 4) AS lost_amount,
    floor(extract(epoch FROM m.left_at - m.moved_at))::bigint AS seconds_in_stage,
    1 AS one,
    CASE WHEN d.key IS NULL OR b.birth_on IS NULL THEN 0
         ELSE least(greatest((d.key - to_char(b.birth_on, 'YYYYMMDD')::integer) / 100000, 1), 7) END AS age_key,
    s.at AS moved_at
FROM public.opportunities p
CROSS JOIN public.company
JOIN public.currencies cu ON cu.code = coalesce(p.currency, company.currency)
LEFT JOIN LATERAL (
    SELECT v.id AS stage_id, v.to_stage, v.moved_at,
           lead(v.moved_at) OVER later AS left_at, lead(v.id) OVER later IS NULL AS standing
    FROM public.opportunity_moves v WHERE v.opportunity_id = p.id
    WINDOW later AS (ORDER BY v.id)
) m ON true
CROSS JOIN LATERAL (
    SELECT coalesce(m.standing, true) AS standing, coalesce(m.moved_at, p.opened_at) AS at
) s
LEFT JOIN public.customers b ON b.id = p.customer_id
LEFT JOIN public.calendar_days d ON d.day = (s.at AT TIME ZONE company.time_zone)::date
LEFT JOIN public.customer_versions cv
    ON cv.customer_id = p.customer_id AND cv.valid_from <= s.at AND (cv.valid_to IS NULL OR s.at < cv.valid_to)
