-- Offers given to customers. A state counts once it was reached or passed: what was redeemed had been accepted. Cost and
-- value come from the offer as it is; the cost arises when the grant is redeemed. Revenue is that of the order that
-- redeemed it, where it is in the offer's currency. A state's moment is that of the first one that implies it; where
-- none was noted, that of the grant.
-- @fact
-- @follows offer_grant by grant_id
-- @follows offer by offer_key
-- @follows order by order_id
-- @follows customer_birth by customer_id
-- @column grant_id bigint not null
-- @column date_key integer not null
-- @column customer_key bigint not null
-- @column customer_id bigint not null
-- @column offer_key bigint not null
-- @column agent_key bigint not null
-- @column currency_key integer not null
-- @column order_id bigint not null
-- @column state text not null
-- @column delivered integer not null
-- @column viewed integer not null
-- @column accepted integer not null
-- @column redeemed integer not null
-- @column declined integer not null
-- @column expired integer not null
-- @column contacted_id bigint not null
-- @column responder_id bigint not null
-- @column value money
-- @column redeemed_value money
-- @column cost money
-- @column revenue money
-- @column one integer not null
-- @column age_key integer not null
-- @column granted_at timestamptz
-- @column delivered_at timestamptz
-- @column viewed_at timestamptz
-- @column accepted_at timestamptz
-- @column redeemed_at timestamptz
-- @column declined_at timestamptz
-- @column expired_at timestamptz
SELECT
    g.id AS grant_id,
    coalesce(d.key, 0)::integer AS date_key,
    coalesce(cv.id, 0)::bigint AS customer_key,
    g.customer_id,
    g.offer_id AS offer_key,
    coalesce(g.granted_by_id, 0)::bigint AS agent_key,
    cu.number::integer AS currency_key,
    coalesce(g.order_id, 0)::bigint AS order_id,
    lower(g.state) AS state,
    (s.reached && ARRAY['DELIVERED', 'VIEWED', 'ACCEPTED', 'REDEEMED'])::integer AS delivered,
    (s.reached && ARRAY['VIEWED', 'ACCEPTED', 'REDEEMED'])::integer AS viewed,
    (s.reached && ARRAY['ACCEPTED', 'REDEEMED'])::integer AS accepted,
    (s.reached && ARRAY['REDEEMED'])::integer AS redeemed,
    (g.state = 'DECLINED')::integer AS declined,
    (g.state = 'EXPIRED')::integer AS expired,
    CASE WHEN s.reached && ARRAY['DELIVERED', 'VIEWED', 'ACCEPTED', 'REDEEMED'] THEN g.customer_id ELSE 0 END
        AS contacted_id,
    CASE WHEN s.reached && ARRAY['ACCEPTED', 'REDEEMED'] THEN g.customer_id ELSE 0 END AS responder_id,
    f.value::numeric(19, 4) AS value,
    CASE WHEN s.reached && ARRAY['REDEEMED'] THEN f.value::numeric(19, 4) END AS redeemed_value,
    CASE WHEN s.reached && ARRAY['REDEEMED'] THEN f.cost::numeric(19, 4) END AS cost,
    CASE WHEN o.currency = cu.code THEN
        (SELECT CASE WHEN abs(sum(l.net_revenue)) < 999999999999999 THEN sum(l.net_revenue) END
         FROM public.order_lines l WHERE l.order_id = o.id)::numeric(19, 4)
    END AS revenue,
    1 AS one,
    CASE WHEN d.key IS NULL OR b.birth_on IS NULL THEN 0
         ELSE least(greatest((d.key - to_char(b.birth_on, 'YYYYMMDD')::integer) / 100000, 1), 7) END AS age_key,
    g.granted_at,
    CASE WHEN s.reached && ARRAY['DELIVERED', 'VIEWED', 'ACCEPTED', 'REDEEMED'] THEN coalesce(s.delivered_at, g.granted_at) END AS delivered_at,
    CASE WHEN s.reached && ARRAY['VIEWED', 'ACCEPTED', 'REDEEMED'] THEN coalesce(s.viewed_at, g.granted_at) END AS viewed_at,
    CASE WHEN s.reached && ARRAY['ACCEPTED', 'REDEEMED'] THEN coalesce(s.accepted_at, g.granted_at) END AS accepted_at,
    CASE WHEN s.reached && ARRAY['REDEEMED'] THEN coalesce(s.redeemed_at, g.granted_at) END AS redeemed_at,
    CASE WHEN g.state = 'DECLINED' THEN coalesce(s.declined_at, g.granted_at) END AS declined_at,
    CASE WHEN g.state = 'EXPIRED' THEN coalesce(s.expired_at, g.granted_at) END AS expired_at
FROM public.offer_grants g
CROSS JOIN public.company
JOIN public.offers f ON f.id = g.offer_id
LEFT JOIN public.orders o ON o.id = g.order_id
JOIN public.currencies cu ON cu.code = coalesce(f.currency, o.currency, company.currency)
CROSS JOIN LATERAL (
    SELECT array_append(coalesce(array_agg(r.state), '{}'), g.state) AS reached,
           min(r.reached_at) FILTER (WHERE r.state IN ('DELIVERED', 'VIEWED', 'ACCEPTED', 'REDEEMED')) AS delivered_at,
           min(r.reached_at) FILTER (WHERE r.state IN ('VIEWED', 'ACCEPTED', 'REDEEMED')) AS viewed_at,
           min(r.reached_at) FILTER (WHERE r.state IN ('ACCEPTED', 'REDEEMED')) AS accepted_at,
           min(r.reached_at) FILTER (WHERE r.state IN ('REDEEMED')) AS redeemed_at,
           min(r.reached_at) FILTER (WHERE r.state IN ('DECLINED')) AS declined_at,
           min(r.reached_at) FILTER (WHERE r.state IN ('EXPIRED')) AS expired_at
    FROM public.offer_grant_states r WHERE r.grant_id = g.id
) s
LEFT JOIN public.customers b ON b.id = g.customer_id
LEFT JOIN public.calendar_days d ON d.day = (g.granted_at AT TIME ZONE company.time_zone)::date
LEFT JOIN public.customer_versions cv
    ON cv.customer_id = g.customer_id AND cv.valid_from <= g.granted_at
    AND (cv.valid_to IS NULL OR g.granted_at < cv.valid_to)
