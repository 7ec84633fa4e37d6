"""RFM by hand-written SQL on the tables of Postgres, not on the star."""

_CUSTOMERS = """
WITH sales AS (
    SELECT o.id, o.customer_id, o.currency, c.day AS on_date
    FROM orders o CROSS JOIN company
    LEFT JOIN calendar_days c ON c.day = (o.ordered_at AT TIME ZONE company.time_zone)::date
    WHERE o.customer_id IS NOT NULL AND coalesce(c.day, '0001-01-01') <= '{tau}'
      AND EXISTS (SELECT FROM order_lines l WHERE l.order_id = o.id AND l.kind = 'SALE')
), revenue AS (
    SELECT o.customer_id, sum(l.net_revenue) AS amount
    FROM orders o JOIN order_lines l ON l.order_id = o.id CROSS JOIN company
    LEFT JOIN calendar_days c ON c.day = (o.ordered_at AT TIME ZONE company.time_zone)::date
    WHERE o.currency = '{currency}' AND coalesce(c.day, '0001-01-01') <= '{tau}' GROUP BY 1
), bought AS (
    SELECT customer_id, max(on_date) AS last_on, count(*) AS every,
           nullif(count(*) FILTER (WHERE currency = '{currency}'), 0) AS valued
    FROM sales GROUP BY 1
), counted AS (
    SELECT b.customer_id, count(*) AS orders FROM bought b JOIN sales s USING (customer_id)
    WHERE s.on_date <= {end} AND s.on_date > {end} - interval '{months} months' GROUP BY 1
), found AS (
    SELECT c.id, b.last_on, coalesce(b.every, 0) AS every, r.amount / b.valued AS mean,
           coalesce(f.orders, 0) AS orders
    FROM customers c LEFT JOIN bought b ON b.customer_id = c.id LEFT JOIN revenue r ON r.customer_id = c.id
    LEFT JOIN counted f ON f.customer_id = c.id
)
"""

THRESHOLDS = (
    _CUSTOMERS
    + """
SELECT id,
       CASE WHEN last_on >= date '{tau}' - interval '2 months' THEN 3
            WHEN last_on >= date '{tau}' - interval '3 months' THEN 2 ELSE 1 END,
       CASE WHEN orders >= 3 THEN 3 WHEN orders = 2 THEN 2 ELSE 1 END,
       CASE WHEN mean >= {high} THEN 3 WHEN mean > {low} THEN 2 ELSE 1 END,
       last_on::text, orders, round(mean, 4)::text
FROM found ORDER BY id
"""
)

QUANTILES = (
    _CUSTOMERS
    + """
, buyers AS (SELECT * FROM found WHERE every > 0)
SELECT f.id,
       CASE WHEN f.last_on IS NULL THEN 1 ELSE 1 + div({levels}
           * (SELECT count(*) FROM buyers b WHERE b.last_on < f.last_on),
           (SELECT count(last_on) FROM buyers)) END,
       CASE WHEN f.every = 0 THEN 1 ELSE 1 + div({levels}
           * (SELECT count(*) FROM buyers b WHERE b.orders < f.orders), (SELECT count(*) FROM buyers)) END,
       CASE WHEN f.mean IS NULL THEN 1 ELSE 1 + div({levels}
           * (SELECT count(*) FROM buyers b WHERE round(b.mean, 4) < round(f.mean, 4)),
           (SELECT count(mean) FROM buyers)) END,
       f.last_on::text, f.orders, round(f.mean, 4)::text
FROM found f ORDER BY id
"""
)
