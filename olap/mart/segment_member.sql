-- Memberships in segments, month by month: a row for each month in which a customer was in a segment, from the one in
-- which he entered to the one in which he left, or the running one. `member_id` is the customer where he is in at the
-- month's end (so far, in the running one), else 0.
-- @fact
-- @monthly
-- @narrow memberships
-- @narrow versions by customer_id of memberships
-- @follows segment_member by membership_id
-- @follows customer by customer_id
-- @column segment_member_id bigint not null
-- @column membership_id bigint not null
-- @column segment_key bigint not null
-- @column customer_id bigint not null
-- @column customer_key bigint not null
-- @column date_key integer not null
-- @column month_ended text not null
-- @column member_id bigint not null
-- @column member integer not null
-- @column entered integer not null
-- @column gone integer not null
-- @column months_in integer not null
SELECT
    (s.membership_id * 100000 + m.month)::bigint AS segment_member_id,
    s.membership_id,
    s.segment_id AS segment_key,
    s.customer_id,
    coalesce(v.customer_key, 0)::bigint AS customer_key,
    m.date_key,
    m.ended AS month_ended,
    CASE WHEN coalesce(s.gone > m.month, true) THEN s.customer_id ELSE 0 END::bigint AS member_id,
    CASE WHEN coalesce(s.gone > m.month, true) THEN 1 ELSE 0 END::integer AS member,
    CASE WHEN s.entered = m.month THEN 1 ELSE 0 END::integer AS entered,
    CASE WHEN s.gone = m.month THEN 1 ELSE 0 END::integer AS gone,
    (m.month - s.entered)::integer AS months_in
FROM mart.memberships s
CROSS JOIN LATERAL generate_series(
    s.entered, least(coalesce(s.gone, s.entered + 100000), (SELECT max(month) FROM mart.months))) AS g (month)
JOIN mart.months m ON m.month = g.month
LEFT JOIN mart.versions v
    ON v.customer_id = s.customer_id AND v.valid_from < m.ends AND (v.valid_to IS NULL OR m.ends <= v.valid_to)
