-- What contacts were about: a row for each topic of a touchpoint, which may have several or none.
-- @fact
-- @follows touchpoint by touchpoint_id
-- @follows customer_birth by customer_id
-- @column topic_id bigint not null
-- @column touchpoint_id bigint not null
-- @column contact_id bigint not null
-- @column date_key integer not null
-- @column customer_key bigint not null
-- @column customer_id bigint not null
-- @column channel_key integer not null
-- @column branch_key bigint not null
-- @column agent_key bigint not null
-- @column offer_key bigint not null
-- @column known_key integer not null
-- @column age_key integer not null
-- @column topic text not null
-- @column direction text not null
-- @column kind text not null
-- @column sentiment text
-- @column outcome text
-- @column rating integer
-- @column sentiment_score integer
-- @column one integer not null
SELECT
    p.touchpoint_id * 1000 + s.place AS topic_id,
    p.touchpoint_id,
    CASE WHEN p.contact = 1 THEN p.touchpoint_id ELSE 0 END AS contact_id,
    p.date_key, p.customer_key, p.customer_id, p.channel_key, p.branch_key, p.agent_key, p.offer_key, p.known_key,
    p.age_key,
    s.topic,
    p.direction, p.kind, p.sentiment, p.outcome, p.rating, p.sentiment_score,
    1 AS one
FROM mart.touchpoints p
JOIN public.touchpoints t ON t.id = p.touchpoint_id
CROSS JOIN LATERAL unnest(t.topics) WITH ORDINALITY AS s (topic, place)
