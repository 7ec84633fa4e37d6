"""A company of 60 customers over two years, with all that makes a customer's month: orders in two currencies, returns,
points, scores by two schemes, stages, segments left and entered again, and traits that changed."""

COMPANY = """
DO $$ BEGIN
    PERFORM setseed(0.7);
    INSERT INTO branches (id, code, name, kind) VALUES (1, 'B1', 'Mapo', 'SHOP'), (2, 'B2', 'Jung', 'SHOP');
    INSERT INTO users (id, subject, name, role) VALUES (7, 'kim', 'Kim', 'AGENT');
    INSERT INTO customers (id, name, region, joined_on, created_at, home_branch_id, owner_id)
    SELECT i, 'c' || i, (ARRAY['Seoul', 'Busan'])[1 + i % 2],
           CASE WHEN i % 3 = 0 THEN date '2023-12-01' + i * 7 END, timestamptz '2025-11-30 20:00+00',
           CASE WHEN i % 4 IN (1, 2) THEN i % 4 END, CASE WHEN i % 5 = 0 THEN 7 END
    FROM generate_series(1, 60) i;
    INSERT INTO orders (id, source_system, source_id, number, customer_id, ordered_at, currency)
    SELECT i, 't', i, i, nullif(1 + floor(55 * random() * random())::int, 7),
           timestamptz '2024-01-01' + random() * interval '2 years', CASE WHEN random() < .2 THEN 'USD' ELSE 'KRW' END
    FROM generate_series(1, 400) i;
    INSERT INTO order_lines (order_id, position, kind, quantity, unit_price)
    SELECT o.id, p, k.kind, CASE WHEN k.kind = 'RETURN' THEN -1 ELSE 1 END, floor(random() * 4)::int * 50000 + 0.0003
    FROM orders o, generate_series(1, 1 + (o.id % 2)::int) p,
         LATERAL (SELECT (ARRAY['SALE', 'SALE', 'SALE', 'RETURN', 'FREE'])[1 + (o.id * 7 + p) % 5] AS kind) k;
    -- One ordered before the calendar begins, and one orders in a month that has not come.
    INSERT INTO orders (id, source_system, source_id, number, customer_id, ordered_at, currency) VALUES
        (1001, 't', 'early', '1', 58, '1931-01-01', 'KRW'),
        (1002, 't', 'late', '2', 59, now() + interval '2 years', 'KRW'),
        (1003, 't', 'edge', '3', 60, '2024-02-29 15:00+00', 'KRW'),
        (1004, 't', 'edge2', '4', 60, '2024-03-31 14:59+00', 'KRW');
    INSERT INTO order_lines (order_id, position, kind, quantity, unit_price)
    SELECT i, 1, 'SALE', 1, 1000 FROM generate_series(1001, 1004) i;
    INSERT INTO points_entries (customer_id, kind, points, reason, occurred_at)
    SELECT 1 + i % 20, CASE WHEN i % 7 = 0 AND i > 40 THEN 'REDEEMED' ELSE 'EARNED' END,
           CASE WHEN i % 7 = 0 AND i > 40 THEN -30 ELSE 100 END,
           'x', timestamptz '2024-01-15' + i * interval '5 days'
    FROM generate_series(1, 140) i;
    INSERT INTO rfm_scores (customer_id, scheme, valid_from, valid_to, scheme_id, model, recency, frequency,
                            monetary, orders)
    SELECT i, s.name, ends.on_day, lead(ends.on_day) OVER (PARTITION BY i, s.name ORDER BY ends.on_day),
           (SELECT min(id) FROM rfm_schemes), 1,
           1 + (i + n) % 3, 1 + (i * n) % 3, 1 + (i + n * n + length(s.name)) % 3, 1
    FROM generate_series(1, 50) i, generate_series(0, 9) n, (VALUES ('default'), ('other')) s (name),
         LATERAL (SELECT (date '2024-04-01' + make_interval(months => n) - interval '1 day')::date AS on_day) ends
    WHERE (i + n) % 4 > 0;
    INSERT INTO lifetime_scores (customer_id, currency, scored_on, model, version, weeks, margin, discount, repeat_days,
                                 p_alive, expected_orders, value)
    SELECT i, c, day, 'BG/NBD', 1, 52, 1, 0.1, 3, 1 / (2 + (i * extract(day FROM day)::int) % 17)::numeric, 2,
           CASE WHEN i % 7 > 0 THEN i * 1000.0003 + extract(doy FROM day) END
    FROM generate_series(1, 45) i, (VALUES ('KRW'), ('USD')) c (c),
         (VALUES (date '2024-05-31'), (date '2024-11-10'), (date '2024-11-20'), (date '2025-03-31')) d (day)
    WHERE (i + extract(month FROM day)::int) % 4 > 0;
    INSERT INTO customer_lifecycle_stages (customer_id, stage, since)
    SELECT i, (ARRAY['PROSPECT', 'NEW', 'GROWING', 'LOYAL', 'AT_RISK', 'LAPSED', 'WON_BACK'])[1 + (i + n) % 7],
           timestamptz '2024-01-31 15:00+00' + n * interval '47 days' + i * interval '1 hour'
    FROM generate_series(1, 40) i, generate_series(0, 8) n;
    UPDATE customers c SET lifecycle_stage = s.stage, lifecycle_since = s.since
    FROM (SELECT DISTINCT ON (customer_id) customer_id, stage, since FROM customer_lifecycle_stages
          ORDER BY customer_id, since DESC) s WHERE s.customer_id = c.id;
    UPDATE lifecycle_rules SET lapsed_days = 90, at_risk_days = 30;
    INSERT INTO lifecycle_rules (valid_from, growing_orders, loyal_orders, loyal_within_days, at_risk_days, lapsed_days,
                                 won_back_days)
    VALUES ('2025-06-14 15:00+00', 2, 5, 365, 30, 60, 90);
    INSERT INTO segments (id, name, kind) VALUES (1, 'one', 'FIXED'), (2, 'two', 'FIXED');
    INSERT INTO segment_members (segment_id, customer_id, entered_at, left_at)
    SELECT s, i, timestamptz '2024-01-20' + i * interval '9 days' + n * interval '150 days',
           CASE WHEN n = 0 OR i % 3 = 0
                THEN timestamptz '2024-03-20' + i * interval '9 days' + n * interval '150 days' END
    FROM generate_series(1, 2) s, generate_series(1, 25) i, generate_series(0, 1) n WHERE (i + s) % 4 > 0;
END $$
"""

MONTHS = """
WITH months AS (
    SELECT extract(year FROM m)::int AS year, extract(month FROM m)::int AS month,
           (m + interval '1 month') AT TIME ZONE 'Asia/Seoul' AS ends, m AT TIME ZONE 'Asia/Seoul' AS begins,
           (m + interval '1 month' - interval '1 day')::date AS last_day
    FROM generate_series(timestamp '2024-01-01', '2025-12-01', '1 month') m
), bought AS (
    SELECT o.id, o.customer_id, o.ordered_at, o.currency, c.day
    FROM orders o JOIN calendar_days c ON c.day = (o.ordered_at AT TIME ZONE 'Asia/Seoul')::date
    WHERE o.customer_id IS NOT NULL AND EXISTS (SELECT FROM order_lines l WHERE l.order_id = o.id AND l.kind = 'SALE')
), firsts AS (
    SELECT customer_id, min(ordered_at) AS at FROM bought GROUP BY 1
)
"""
"""Months of the two years in the company's zone, orders that count, and first ones."""
