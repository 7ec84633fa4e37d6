-- Order lines: the grain of revenue. `customer_key` and `product_key` are the traits as they were when the order was
-- placed, `customer_id` is the customer. Cost and margin are null where no unit cost is known.
-- What belongs to the order is looked up before its lines are joined: once an order, not once a line. The kind is
-- joined from the left so that the planner does not take it for a filter (it guessed 3 % of the lines), and distinct, as
-- the channel is, so that it knows of no second one and leaves the join out where nobody asks for it (a fifth of a cell).
-- @fact
-- @follows order by order_id
-- @follows customer_birth by customer_id
-- @column line_id bigint not null
-- @column order_id bigint not null
-- @column date_key integer not null
-- @column customer_key bigint not null
-- @column customer_id bigint not null
-- @column product_key bigint not null
-- @column channel_key integer not null
-- @column branch_key bigint not null
-- @column currency_key integer not null
-- @column line_kind_key integer not null
-- @column known_key integer not null
-- @column quantity quantity not null
-- @column gross money not null
-- @column discount money not null
-- @column net_revenue money not null
-- @column cost money
-- @column margin money
-- @column agent_key bigint not null
-- @column age_key integer not null
-- @column ordered_at timestamptz
SELECT
    l.id AS line_id,
    l.order_id,
    coalesce(d.key, 0)::integer AS date_key,
    coalesce(cv.id, 0)::bigint AS customer_key,
    coalesce(o.customer_id, 0)::bigint AS customer_id,
    coalesce(pv.id, 0)::bigint AS product_key,
    coalesce(ch.channel_key, 0)::integer AS channel_key,
    coalesce(o.branch_id, 0)::bigint AS branch_key,
    cu.number::integer AS currency_key,
    coalesce(k.line_kind_key, 0)::integer AS line_kind_key,
    (o.customer_id IS NOT NULL)::integer AS known_key,
    l.quantity,
    l.gross,
    l.discount,
    l.net_revenue,
    (l.quantity * l.unit_cost)::numeric(19, 4) AS cost,
    (l.net_revenue - l.quantity * l.unit_cost)::numeric(19, 4) AS margin,
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
JOIN public.order_lines l ON l.order_id = o.id
LEFT JOIN (SELECT DISTINCT ON (upper(kind)) upper(kind) AS name, line_kind_key FROM mart.line_kind) k ON k.name = l.kind
LEFT JOIN public.product_versions pv
    ON pv.product_id = l.product_id AND pv.valid_from <= o.ordered_at
    AND (pv.valid_to IS NULL OR o.ordered_at < pv.valid_to)
