-- Order lines: the grain of revenue. `customer_key` and `product_key` are the traits as they were when the order was
-- placed, `customer_id` is the customer. Cost and margin are null where no unit cost is known.
-- What belongs to the order is looked up before its lines are joined: once an order, not once a line. The kind is
-- joined from the left so that the planner does not take it for a filter (it guessed 3 % of the lines), and distinct, as
-- the channel is, so that it knows of no second one and leaves the join out where nobody asks for it (a fifth of a cell).
-- A build has DuckDB join the lines, which are read one by one as they lie: see olap/inside.py.
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
    l.line_id,
    l.order_id,
    o.date_key,
    o.customer_key,
    o.customer_id,
    coalesce(p.product_key, 0)::bigint AS product_key,
    o.channel_key,
    o.branch_key,
    o.currency_key,
    coalesce(k.line_kind_key, 0)::integer AS line_kind_key,
    o.known_key,
    l.quantity,
    l.gross,
    l.discount,
    l.net_revenue,
    (l.quantity * l.unit_cost)::numeric(19, 4) AS cost,
    (l.net_revenue - l.quantity * l.unit_cost)::numeric(19, 4) AS margin,
    o.agent_key,
    o.age_key,
    o.ordered_at
FROM mart.ordered o
JOIN mart.ordered_lines l ON l.order_id = o.order_id
LEFT JOIN (SELECT DISTINCT ON (upper(kind)) upper(kind) AS name, line_kind_key FROM mart.line_kind) k ON k.name = l.kind
LEFT JOIN mart.product_versions p
    ON p.product_id = l.product_id AND p.valid_from <= o.ordered_at
    AND (p.valid_to IS NULL OR o.ordered_at < p.valid_to)
