-- What known customers ordered, an order a row: its day and month, whether it has a line of the kind sale, and its net
-- revenue in its currency. Orders without a day of the business calendar are not here.
-- olap/inside.py says the same of the star's own tables.
SELECT
    o.customer_id,
    (extract(year FROM d.day) * 12 + extract(month FROM d.day) - 1)::integer AS month,
    d.day AS on_date,
    cu.number::integer AS currency_key,
    bool_or(l.kind = 'SALE') AS sold,
    sum(l.net_revenue)::numeric(38, 4) AS net_revenue
FROM public.orders o
CROSS JOIN public.company
JOIN public.calendar_days d ON d.day = (o.ordered_at AT TIME ZONE company.time_zone)::date
JOIN public.currencies cu ON cu.code = o.currency
JOIN public.order_lines l ON l.order_id = o.id
WHERE o.customer_id IS NOT NULL
GROUP BY o.id, o.customer_id, d.day, cu.number
