-- Goods of an order on their way, by the day they were booked. Days are exact to a thousandth: 1.5 is 36 hours.
-- @fact
-- @follows shipment by shipment_id
-- @follows order by order_id
-- @follows customer_birth by customer_id
-- @column shipment_id bigint not null
-- @column order_id bigint not null
-- @column date_key integer not null
-- @column customer_key bigint not null
-- @column customer_id bigint not null
-- @column channel_key integer not null
-- @column branch_key bigint not null
-- @column agent_key bigint not null
-- @column warehouse_key bigint not null
-- @column known_key integer not null
-- @column state text not null
-- @column carrier text
-- @column shipped integer not null
-- @column delivered integer not null
-- @column returned integer not null
-- @column lost integer not null
-- @column units quantity not null
-- @column days_to_ship quantity
-- @column days_in_transit quantity
-- @column days_to_deliver quantity
-- @column one integer not null
-- @column age_key integer not null
SELECT
    s.id AS shipment_id,
    s.order_id,
    coalesce(d.key, 0)::integer AS date_key,
    coalesce(cv.id, 0)::bigint AS customer_key,
    coalesce(o.customer_id, 0)::bigint AS customer_id,
    coalesce(ch.channel_key, 0)::integer AS channel_key,
    coalesce(o.branch_id, 0)::bigint AS branch_key,
    coalesce(o.agent_id, 0)::bigint AS agent_key,
    coalesce(s.warehouse_id, 0)::bigint AS warehouse_key,
    (o.customer_id IS NOT NULL)::integer AS known_key,
    lower(s.state) AS state,
    s.carrier,
    (s.shipped_at IS NOT NULL)::integer AS shipped,
    (s.delivered_at IS NOT NULL)::integer AS delivered,
    (s.state = 'RETURNED')::integer AS returned,
    (s.state = 'LOST')::integer AS lost,
    coalesce((SELECT sum(l.quantity) FROM public.shipment_lines l WHERE l.shipment_id = s.id), 0)::numeric(15, 3)
        AS units,
    (extract(epoch FROM s.shipped_at - o.ordered_at) / 86400)::numeric(15, 3) AS days_to_ship,
    (extract(epoch FROM s.delivered_at - s.shipped_at) / 86400)::numeric(15, 3) AS days_in_transit,
    (extract(epoch FROM s.delivered_at - o.ordered_at) / 86400)::numeric(15, 3) AS days_to_deliver,
    1 AS one,
    CASE WHEN d.key IS NULL OR b.birth_on IS NULL THEN 0
         ELSE least(greatest((d.key - to_char(b.birth_on, 'YYYYMMDD')::integer) / 100000, 1), 7) END AS age_key
FROM public.shipments s
CROSS JOIN public.company
JOIN public.orders o ON o.id = s.order_id
LEFT JOIN public.customers b ON b.id = o.customer_id
LEFT JOIN public.calendar_days d ON d.day = (s.booked_at AT TIME ZONE company.time_zone)::date
LEFT JOIN mart.channel ch ON upper(ch.channel) = o.channel
LEFT JOIN public.customer_versions cv
    ON cv.customer_id = o.customer_id AND cv.valid_from <= s.booked_at
    AND (cv.valid_to IS NULL OR s.booked_at < cv.valid_to)
