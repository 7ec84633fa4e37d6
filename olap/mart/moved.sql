-- Customers by the months in which anything of theirs moved: what the month brought, and what stands from then until the
-- next such month (`next_month`). A table of its own, so that DuckDB knows how many rows it has: it tells the months of
-- all of them on all processors then, where it took the join with their versions for the larger side, on one (measured).
SELECT h.*,
       sum(every) OVER past AS orders_to_date,
       sum(every) OVER (PARTITION BY customer_id ORDER BY month RANGE BETWEEN CURRENT ROW AND CURRENT ROW) AS ordered,
       sum(points_moved) OVER past AS points,
       sum(CASE WHEN stands = 1 THEN revenue ELSE 0 END) OVER past AS brought,
       max(score_found) OVER past AS score,
       max(stage_found) OVER past AS stage,
       max(foretold_found) OVER past AS foretold,
       max(last_found) OVER past AS last_on,
       max(last_found) OVER before AS last_before,
       max(score_found) OVER before AS score_before,
       max(stage_found) OVER before AS stage_before,
       min(first_found) OVER all_months AS first_on,
       min(known_found) OVER all_months AS known_on,
       min(CASE WHEN every > 0 THEN month END) OVER all_months AS first_month,
       CASE WHEN stands = 0 THEN month + 1 ELSE coalesce(
           lead(month) OVER (PARTITION BY customer_id ORDER BY month, stands),
           (SELECT max(month) + 1 FROM mart.months)) END AS next_month
FROM (
    SELECT customer_id, month, stands,
           coalesce(CASE WHEN stands = 1 THEN home ELSE currency_key END,
                    (SELECT max(currency_key) FROM mart.months)) AS currency_key,
           sum(CASE WHEN stands = 1 THEN orders ELSE 0 END)::bigint AS every,
           sum(CASE WHEN stands = 0 OR currency_key = home THEN orders ELSE 0 END)::bigint AS orders,
           sum(CASE WHEN stands = 0 OR currency_key = home THEN revenue ELSE 0 END) AS revenue,
           min(CASE WHEN stands = 1 THEN first_on END) AS first_found,
           max(CASE WHEN stands = 1 THEN last_on END) AS last_found,
           min(known_on) AS known_found,
           sum(CASE WHEN stands = 1 THEN points ELSE 0 END)::bigint AS points_moved,
           max(score) AS score_found,
           max(stage) AS stage_found,
           max(CASE WHEN mod(foretold, 1000) = coalesce(home, (SELECT max(currency_key) FROM mart.months))
                    THEN foretold END) AS foretold_found
    FROM (
        SELECT e.*, mod(min(first_in) OVER (PARTITION BY customer_id), 1000) AS home
        FROM (
            SELECT customer_id, month, currency_key,
                   coalesce(min(CASE WHEN sold THEN on_date END) - date '1900-01-01', 1000000 + month)::bigint * 1000
                       + currency_key AS first_in,
                   sum(CASE WHEN sold THEN 1 ELSE 0 END) AS orders, sum(net_revenue) AS revenue,
                   min(CASE WHEN sold THEN on_date END) AS first_on, max(CASE WHEN sold THEN on_date END) AS last_on,
                   0::bigint AS points, NULL::bigint AS score, NULL::bigint AS stage, NULL::bigint AS foretold,
                   min(on_date) AS known_on
            FROM mart.bought
            GROUP BY customer_id, month, currency_key
            UNION ALL
            SELECT customer_id, greatest(month, (SELECT min(month) FROM mart.months)), NULL::integer, NULL::bigint, 0, 0,
                   NULL::date, NULL::date, points, score, stage, foretold, day
            FROM mart.standings
        ) e
        WHERE month <= (SELECT max(month) FROM mart.months)
    ) homed
    JOIN (VALUES (1), (0)) AS rows_of (stands) ON stands = 1 OR currency_key <> home
    GROUP BY customer_id, month, stands, CASE WHEN stands = 1 THEN home ELSE currency_key END
) h
WINDOW past AS (PARTITION BY customer_id ORDER BY month),
       -- A customer's own row of a month comes after those of other currencies, on which nothing is found.
       before AS (PARTITION BY customer_id ORDER BY month, stands ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
       all_months AS (PARTITION BY customer_id)
