-- How much of a product a warehouse held on each day: what was told on a day stands until something else is told. After
-- the last word there is no row, since nobody has said what is there. Its value is at the unit cost of that day, in the
-- currency of that cost. What flowed out is by how much less was there than on the last word before, if less.
-- @fact
-- @follows stock_level by stock_level_id
-- @follows warehouse by warehouse_key
-- @follows product by product_id
-- @column stock_day_id bigint not null
-- @column stock_level_id bigint not null
-- @column date_key integer not null
-- @column product_key bigint not null
-- @column product_id bigint not null
-- @column warehouse_key bigint not null
-- @column branch_key bigint not null
-- @column currency_key integer not null
-- @column in_stock text not null
-- @column quantity quantity not null
-- @column value money
-- @column outflow quantity not null
SELECT
    l.id * 100000 + (d.day - date '1900-01-01') AS stock_day_id,
    l.id AS stock_level_id,
    d.key AS date_key,
    coalesce(pv.id, 0)::bigint AS product_key,
    l.product_id,
    l.warehouse_id AS warehouse_key,
    coalesce(w.branch_id, 0)::bigint AS branch_key,
    cu.number::integer AS currency_key,
    CASE WHEN t.quantity > 0 THEN 'yes' ELSE 'no' END AS in_stock,
    t.quantity,
    CASE WHEN abs(t.quantity * c.unit_cost) < 999999999999999 THEN t.quantity * c.unit_cost END::numeric(19, 4) AS value,
    CASE WHEN d.day = t.day THEN greatest(t.before - t.quantity, 0) ELSE 0 END::numeric(15, 3) AS outflow
FROM public.stock_levels l
CROSS JOIN public.company
JOIN public.warehouses w ON w.id = l.warehouse_id
CROSS JOIN LATERAL (
    SELECT s.day, s.quantity, lead(s.day) OVER (ORDER BY s.day) AS next, lag(s.quantity) OVER (ORDER BY s.day) AS before
    FROM public.stock_days s WHERE s.stock_level_id = l.id
) t
JOIN public.calendar_days d ON d.day >= t.day AND d.day < coalesce(t.next, t.day + 1)
CROSS JOIN LATERAL (SELECT (d.day + 1)::timestamp AT TIME ZONE company.time_zone AS ends) e
LEFT JOIN public.product_versions pv
    ON pv.product_id = l.product_id AND pv.valid_from < e.ends AND (pv.valid_to IS NULL OR e.ends <= pv.valid_to)
LEFT JOIN public.product_prices c
    ON c.product_id = l.product_id AND c.valid_from < e.ends AND (c.valid_to IS NULL OR e.ends <= c.valid_to)
JOIN public.currencies cu ON cu.code = coalesce(c.currency, company.currency)
