-- Contacts with customers and with visitors not yet known. The first topic is the topic. What cost nothing counts in
-- the company's currency. `sentiment` is a band of the score, negative below -20 and positive above 20.
-- @fact
-- @follows touchpoint by touchpoint_id
-- @follows customer_birth by customer_id
-- @column touchpoint_id bigint not null
-- @column date_key integer not null
-- @column customer_key bigint not null
-- @column customer_id bigint not null
-- @column channel_key integer not null
-- @column branch_key bigint not null
-- @column agent_key bigint not null
-- @column offer_key bigint not null
-- @column currency_key integer not null
-- @column known_key integer not null
-- @column direction text not null
-- @column kind text not null
-- @column topic text
-- @column sentiment text
-- @column outcome text
-- @column contact integer not null
-- @column seconds bigint
-- @column cost money
-- @column rating integer
-- @column sentiment_score integer
-- @column one integer not null
-- @column age_key integer not null
-- @column occurred_at timestamptz
SELECT
    t.id AS touchpoint_id,
    coalesce(d.key, 0)::integer AS date_key,
    coalesce(cv.id, 0)::bigint AS customer_key,
    coalesce(t.customer_id, 0)::bigint AS customer_id,
    coalesce(ch.channel_key, 0)::integer AS channel_key,
    coalesce(t.branch_id, 0)::bigint AS branch_key,
    coalesce(t.agent_id, 0)::bigint AS agent_key,
    coalesce(t.offer_id, 0)::bigint AS offer_key,
    cu.number::integer AS currency_key,
    (t.customer_id IS NOT NULL)::integer AS known_key,
    lower(t.direction) AS direction,
    lower(t.kind) AS kind,
    t.topics[1] AS topic,
    CASE WHEN t.sentiment < -20 THEN 'negative' WHEN t.sentiment > 20 THEN 'positive'
         WHEN t.sentiment IS NOT NULL THEN 'neutral' END AS sentiment,
    t.outcome,
    (t.kind <> 'VIEW')::integer AS contact,
    t.duration_seconds::bigint AS seconds,
    t.cost::numeric(19, 4) AS cost,
    t.rating::integer AS rating,
    t.sentiment::integer AS sentiment_score,
    1 AS one,
    CASE WHEN d.key IS NULL OR b.birth_on IS NULL THEN 0
         ELSE least(greatest((d.key - to_char(b.birth_on, 'YYYYMMDD')::integer) / 100000, 1), 7) END AS age_key,
    t.occurred_at
FROM public.touchpoints t
CROSS JOIN public.company
JOIN public.currencies cu ON cu.code = coalesce(t.currency, company.currency)
LEFT JOIN public.customers b ON b.id = t.customer_id
LEFT JOIN public.calendar_days d ON d.day = (t.occurred_at AT TIME ZONE company.time_zone)::date
LEFT JOIN mart.channel ch ON upper(ch.channel) = t.channel
LEFT JOIN public.customer_versions cv
    ON cv.customer_id = t.customer_id AND cv.valid_from <= t.occurred_at
    AND (cv.valid_to IS NULL OR t.occurred_at < cv.valid_to)
