-- Customers month by month, as they stood on the last day of each month: from the month in which a customer was first
-- known (joined, ordered, earned points or was scored) to the running one, whose rows say what is known so far. A row
-- is of one currency, that of the customer's first order (else the company's); amounts of a month in another currency
-- have a row of their own, on which the customer does not stand (`stands` 0) and nothing else is counted.
-- Who has ordered and was silent on the month's last day for the `lapsed_days` of the lifecycle's rules, or longer, has
-- `churned`; in the month in which it came to that he is `lost`.
-- `known_on` is the day on which he was first known, in whichever month.
-- The score is the last one up to the month's end, by the company's scheme; days count orders with a line of kind sale.
-- What he will bring is told by the last score up to the month's end, by his orders in the row's currency.
-- @fact
-- @monthly
-- @narrow bought
-- @narrow standings
-- @narrow foretold
-- @narrow versions
-- @follows customer by customer_id
-- @follows order by sales.order_id
-- @follows points_entry through pointed
-- @follows scores by *
-- @follows rfm_scheme by *
-- @follows lifecycle_rules by *
-- @column customer_month_id bigint not null
-- @column customer_id bigint not null
-- @column customer_key bigint not null
-- @column date_key integer not null
-- @column currency_key integer not null
-- @column month_ended text not null
-- @column stands integer not null
-- @column activity text not null
-- @column purchases text not null
-- @column orders integer not null
-- @column revenue total not null
-- @column revenue_to_date total not null
-- @column bought integer not null
-- @column recency_days integer
-- @column relationship_days integer not null
-- @column churned integer not null
-- @column lost integer not null
-- @column interval_days integer not null
-- @column intervals integer not null
-- @column foretold integer not null
-- @column alive rate
-- @column leaving rate
-- @column predicted_value money
-- @column points bigint not null
-- @column orders_to_date integer not null
-- @column cohort_year integer
-- @column cohort_quarter integer
-- @column cohort_month integer
-- @column months_since integer
-- @column rfm_recency integer
-- @column rfm_frequency integer
-- @column rfm_monetary integer
-- @column rfm_cell text
-- @column rfm_cell_before text
-- @column stage text
-- @column stage_before text
-- @column known_on date
SELECT
    ((s.customer_id * 100000 + m.month) * 1000 + s.currency_key)::bigint AS customer_month_id,
    s.customer_id,
    coalesce(v.customer_key, 0)::bigint AS customer_key,
    m.date_key,
    s.currency_key::integer AS currency_key,
    m.ended AS month_ended,
    s.stands,
    CASE WHEN s.ordered = 0 OR m.month > s.month THEN 'none' WHEN s.first_month = m.month THEN 'new' ELSE 'returning' END
        AS activity,
    CASE WHEN s.orders_to_date >= 2 THEN 'several' WHEN s.orders_to_date = 1 THEN 'one' ELSE 'none' END AS purchases,
    CASE WHEN m.month = s.month THEN s.orders ELSE 0 END::integer AS orders,
    CASE WHEN m.month = s.month THEN s.revenue ELSE 0 END::numeric(38, 4) AS revenue,
    CASE WHEN s.stands = 1 THEN s.brought ELSE 0 END::numeric(38, 4) AS revenue_to_date,
    CASE WHEN s.stands = 1 AND s.first_month <= m.month THEN 1 ELSE 0 END::integer AS bought,
    CASE WHEN s.stands = 1 AND s.first_month <= m.month THEN m.on_date - s.last_on END::integer AS recency_days,
    CASE WHEN s.stands = 1 AND s.first_month <= m.month THEN s.last_on - s.first_on ELSE 0 END::integer
        AS relationship_days,
    CASE WHEN s.stands = 1 AND s.first_month <= m.month AND m.on_date - s.last_on >= m.lapsed_days
         THEN 1 ELSE 0 END::integer AS churned,
    CASE WHEN s.stands = 1 AND s.first_month <= m.month AND m.on_date - s.last_on >= m.lapsed_days
          AND m.on_date - s.last_on < m.lapsed_days + extract(day FROM m.on_date)
         THEN 1 ELSE 0 END::integer AS lost,
    CASE WHEN s.stands = 1 AND s.every > 0 AND m.month = s.month
         THEN s.last_on - coalesce(s.last_before, s.first_on) ELSE 0 END::integer AS interval_days,
    CASE WHEN s.stands = 1 AND s.every > 0 AND m.month = s.month
         THEN s.every - CASE WHEN s.last_before IS NULL THEN 1 ELSE 0 END ELSE 0 END::integer AS intervals,
    CASE WHEN f.customer_id IS NULL THEN 0 ELSE 1 END::integer AS foretold,
    f.p_alive::numeric(18, 10) AS alive,
    (1 - f.p_alive::numeric(18, 10))::numeric(18, 10) AS leaving,
    f.value::numeric(19, 4) AS predicted_value,
    CASE WHEN s.stands = 1 THEN s.points ELSE 0 END::bigint AS points,
    s.orders_to_date::integer AS orders_to_date,
    CASE WHEN s.first_month <= m.month THEN (s.first_month - mod(s.first_month, 12)) / 12 END::integer AS cohort_year,
    CASE WHEN s.first_month <= m.month
         THEN (mod(s.first_month, 12) - mod(mod(s.first_month, 12), 3)) / 3 + 1 END::integer AS cohort_quarter,
    CASE WHEN s.first_month <= m.month THEN mod(s.first_month, 12) + 1 END::integer AS cohort_month,
    CASE WHEN s.first_month <= m.month THEN m.month - s.first_month END::integer AS months_since,
    ((mod(s.score, 1000) - mod(s.score, 100)) / 100)::integer AS rfm_recency,
    ((mod(s.score, 100) - mod(s.score, 10)) / 10)::integer AS rfm_frequency,
    mod(s.score, 10)::integer AS rfm_monetary,
    mod(s.score, 1000)::text AS rfm_cell,
    mod(CASE WHEN m.month = s.month THEN s.score_before ELSE s.score END, 1000)::text AS rfm_cell_before,
    CASE mod(s.stage, 10) WHEN 1 THEN 'prospect' WHEN 2 THEN 'new' WHEN 3 THEN 'growing' WHEN 4 THEN 'loyal'
         WHEN 5 THEN 'at_risk' WHEN 6 THEN 'lapsed' WHEN 7 THEN 'won_back' END AS stage,
    CASE mod(CASE WHEN m.month = s.month THEN s.stage_before ELSE s.stage END, 10)
         WHEN 1 THEN 'prospect' WHEN 2 THEN 'new' WHEN 3 THEN 'growing' WHEN 4 THEN 'loyal'
         WHEN 5 THEN 'at_risk' WHEN 6 THEN 'lapsed' WHEN 7 THEN 'won_back' END AS stage_before,
    s.known_on
FROM mart.moved s
CROSS JOIN LATERAL generate_series(s.month, s.next_month - 1) AS g (month)
JOIN mart.months m ON m.month = g.month
LEFT JOIN mart.foretold f ON f.customer_id = s.customer_id AND f.foretold = s.foretold AND s.stands = 1
LEFT JOIN mart.versions v
    ON v.customer_id = s.customer_id AND v.valid_from < m.ends AND (v.valid_to IS NULL OR m.ends <= v.valid_to)
