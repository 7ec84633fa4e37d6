"""The demo company's figures in hand-written SQL, after the formulas of the business rules; times in KST."""

REPEAT_RATE = """
    SELECT avg((orders >= 2)::int) FROM (
        SELECT o.customer_id, count(DISTINCT o.id) AS orders
        FROM orders o JOIN order_lines l ON l.order_id = o.id AND l.kind = 'SALE'
        WHERE o.customer_id IS NOT NULL GROUP BY 1) AS buyers
"""

TOP_DECILE_SHARE = """
    SELECT sum(revenue) FILTER (WHERE place <= ceil(buyers / 10.0)) / sum(revenue) FROM (
        SELECT sum(l.net_revenue) AS revenue,
               row_number() OVER (ORDER BY sum(l.net_revenue) DESC, o.customer_id) AS place,
               count(*) OVER () AS buyers
        FROM orders o JOIN order_lines l ON l.order_id = o.id
        WHERE o.customer_id IS NOT NULL GROUP BY o.customer_id) AS ranked
"""

DAYS = """
    WITH days AS (
        SELECT (o.ordered_at AT TIME ZONE 'Asia/Seoul')::date AS day, sum(l.net_revenue) AS revenue
        FROM orders o JOIN order_lines l ON l.order_id = o.id GROUP BY 1)
"""

DECEMBER_INDEX = f"""
    {DAYS}, months AS (SELECT date_trunc('month', day)::date AS month, sum(revenue) AS revenue FROM days GROUP BY 1)
    SELECT avg(december.revenue / around.mean) FROM months december, LATERAL (
        SELECT avg(m.revenue) AS mean, count(*) AS months FROM months m
        WHERE m.month >= december.month - interval '6 months' AND m.month < december.month + interval '6 months'
    ) AS around
    WHERE extract(month FROM december.month) = 12 AND around.months = 12
"""

FEAST_INDEX = f"""
    {DAYS}
    SELECT feast, avg(revenue) FILTER (WHERE day >= feast - 14 AND day < feast) / avg(revenue)
    FROM unnest($1::date[]) AS feast JOIN days ON day BETWEEN feast - 182 AND feast + 182 GROUP BY feast
"""
"""$1 are days of Seollal and Chuseok: one row for each."""

SILENT_SHARE = """
    SELECT avg((last_order < $1::date - interval '1 year')::int) FROM (
        SELECT min(o.ordered_at) AT TIME ZONE 'Asia/Seoul' AS first_order,
               max(o.ordered_at) AT TIME ZONE 'Asia/Seoul' AS last_order
        FROM orders o JOIN order_lines l ON l.order_id = o.id AND l.kind = 'SALE'
        WHERE o.customer_id IS NOT NULL GROUP BY o.customer_id) AS buyers
    WHERE first_order < $1::date - interval '1 year'
"""
"""$1 is the first day after the period."""

RETURN_RATE = """
    SELECT -sum(net_revenue) FILTER (WHERE kind = 'RETURN') / sum(net_revenue) FILTER (WHERE kind = 'SALE')
    FROM order_lines
"""

REDEEMED_SHARE = """
    SELECT -sum(points) FILTER (WHERE kind = 'REDEEMED')::numeric / sum(points) FILTER (WHERE kind = 'EARNED')
    FROM points_entries
"""

MARKETING_SHARE = """
    SELECT avg(coalesce(said.given, false)::int) FROM customers c LEFT JOIN (
        SELECT DISTINCT ON (customer_id) customer_id, given FROM consents
        WHERE purpose = 'MARKETING' ORDER BY customer_id, at DESC, id DESC) AS said ON said.customer_id = c.id
"""

WITHDRAWN_SHARE = """
    SELECT count(*) FILTER (WHERE NOT given)::numeric / count(*) FILTER (WHERE given)
    FROM consents WHERE purpose = 'MARKETING'
"""

CASES_A_CONTACT = """
    SELECT (SELECT count(*) FROM cases)::numeric / count(*) FROM touchpoints
    WHERE channel IN ('INBOUND_CALL', 'CHAT') AND direction = 'INBOUND' AND kind = 'CONTACT'
"""

SOLVED_IN_TIME = "SELECT avg((solved_at <= due_at)::int) FROM cases WHERE solved_at IS NOT NULL"

SATISFACTION = "SELECT avg(satisfaction) FROM cases"
