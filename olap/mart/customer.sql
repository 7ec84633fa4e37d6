-- Customers by their dated traits (SCD2): one row per customer and version. From `owner_id` on the traits are those of
-- today in every version: the owner and the home branch decide who may see a row, and that follows the present; the
-- band of the age is that of the day on which it is read, and a new day is a change of `day`. So are the years completed
-- (`age`), the scores by each scheme of RFM (`rfm`, recency, frequency and monetary value) and whether he was erased.
-- A consent holds where the latest word on the purpose, for any channel, gives it; `marketing_channels` names for which.
-- A word for all channels (channel null) is a later one on each of them too.
-- `rfm_cell` is the cell by the scheme that the company is shown. The first 10 attributes that were declared reportable
-- and say no more than traits do have a place each: the attribute's name in each row, beside the customer's value.
-- @follows customer by customer_id
-- @follows household by household_id
-- @follows household through housed
-- @follows branch by home_branch_id
-- @follows consent through consented
-- @follows customer_attribute by *
-- @follows day by *
-- @follows scores by *
-- @follows rfm_scheme by *
-- @column customer_key bigint not null
-- @column customer_id bigint not null
-- @column is_current boolean not null
-- @column valid_from timestamptz
-- @column valid_to timestamptz
-- @column country text
-- @column region text
-- @column district text
-- @column gender text
-- @column occupation text
-- @column wealth_band text
-- @column owner_id bigint
-- @column home_branch_id bigint
-- @column kind text
-- @column age_band text
-- @column household_id bigint
-- @column household_size integer
-- @column acquired_channel text
-- @column lifecycle_stage text
-- @column home_region text
-- @column home_code text
-- @column home_name text
-- @column has_email text
-- @column has_phone text
-- @column marketing text
-- @column night_marketing text
-- @column personalisation text
-- @column survey text
-- @column third_party text
-- @column attributes text
-- @column age integer
-- @column rfm text
-- @column erased boolean
-- @column rfm_recency integer
-- @column rfm_frequency integer
-- @column rfm_monetary integer
-- @column rfm_cell text
-- @column marketing_channels text
-- @column attribute_1 text
-- @column value_1 text
-- @column attribute_2 text
-- @column value_2 text
-- @column attribute_3 text
-- @column value_3 text
-- @column attribute_4 text
-- @column value_4 text
-- @column attribute_5 text
-- @column value_5 text
-- @column attribute_6 text
-- @column value_6 text
-- @column attribute_7 text
-- @column value_7 text
-- @column attribute_8 text
-- @column value_8 text
-- @column attribute_9 text
-- @column value_9 text
-- @column attribute_10 text
-- @column value_10 text
WITH today AS (
    SELECT (now() AT TIME ZONE time_zone)::date AS day, rfm_scheme FROM public.company
), slots AS (
    SELECT name, row_number() OVER (ORDER BY id) AS slot
    FROM public.customer_attributes WHERE reportable AND personal IN ('NONE', 'BASIC')
), named AS (
    SELECT max(name) FILTER (WHERE slot = 1) AS attribute_1, max(name) FILTER (WHERE slot = 2) AS attribute_2,
           max(name) FILTER (WHERE slot = 3) AS attribute_3, max(name) FILTER (WHERE slot = 4) AS attribute_4,
           max(name) FILTER (WHERE slot = 5) AS attribute_5, max(name) FILTER (WHERE slot = 6) AS attribute_6,
           max(name) FILTER (WHERE slot = 7) AS attribute_7, max(name) FILTER (WHERE slot = 8) AS attribute_8,
           max(name) FILTER (WHERE slot = 9) AS attribute_9, max(name) FILTER (WHERE slot = 10) AS attribute_10
    FROM slots
)
SELECT 0::bigint AS customer_key, 0::bigint AS customer_id, true AS is_current,
       NULL::timestamptz AS valid_from, NULL::timestamptz AS valid_to,
       NULL::text AS country, NULL::text AS region, NULL::text AS district,
       NULL::text AS gender, NULL::text AS occupation, NULL::text AS wealth_band,
       NULL::bigint AS owner_id, NULL::bigint AS home_branch_id,
       NULL::text AS kind, NULL::text AS age_band, NULL::bigint AS household_id, NULL::integer AS household_size,
       NULL::text AS acquired_channel, NULL::text AS lifecycle_stage,
       NULL::text AS home_region, NULL::text AS home_code, NULL::text AS home_name,
       NULL::text AS has_email, NULL::text AS has_phone,
       NULL::text AS marketing, NULL::text AS night_marketing, NULL::text AS personalisation, NULL::text AS survey,
       NULL::text AS third_party, NULL::text AS attributes, NULL::integer AS age, NULL::text AS rfm, false AS erased,
       NULL::integer AS rfm_recency, NULL::integer AS rfm_frequency, NULL::integer AS rfm_monetary,
       NULL::text AS rfm_cell, NULL::text AS marketing_channels,
       NULL::text AS attribute_1, NULL::text AS value_1, NULL::text AS attribute_2, NULL::text AS value_2,
       NULL::text AS attribute_3, NULL::text AS value_3, NULL::text AS attribute_4, NULL::text AS value_4,
       NULL::text AS attribute_5, NULL::text AS value_5, NULL::text AS attribute_6, NULL::text AS value_6,
       NULL::text AS attribute_7, NULL::text AS value_7, NULL::text AS attribute_8, NULL::text AS value_8,
       NULL::text AS attribute_9, NULL::text AS value_9, NULL::text AS attribute_10, NULL::text AS value_10
UNION ALL
SELECT v.id, v.customer_id, v.valid_to IS NULL, v.valid_from, v.valid_to,
       v.country, v.region, v.district, lower(v.gender), v.occupation, v.wealth_band,
       c.owner_id, c.home_branch_id, lower(c.kind),
       CASE WHEN c.birth_on IS NULL THEN NULL
            WHEN extract(year FROM age(today.day, c.birth_on)) < 20 THEN '0-19'
            WHEN extract(year FROM age(today.day, c.birth_on)) >= 70 THEN '70+'
            ELSE concat(floor(extract(year FROM age(today.day, c.birth_on)) / 10) * 10, '-',
                        floor(extract(year FROM age(today.day, c.birth_on)) / 10) * 10 + 9) END,
       m.household_id,
       CASE WHEN m.household_id IS NOT NULL THEN
           (SELECT count(*) FROM public.household_members o
            WHERE o.household_id = m.household_id AND o.until_on IS NULL)::integer END,
       lower(c.acquired_channel), lower(c.lifecycle_stage), b.region, b.code, b.name,
       CASE WHEN EXISTS (SELECT FROM public.contact_points p WHERE p.customer_id = c.id AND p.kind = 'EMAIL')
            THEN 'yes' ELSE 'no' END,
       CASE WHEN EXISTS (SELECT FROM public.contact_points p WHERE p.customer_id = c.id AND p.kind = 'PHONE')
            THEN 'yes' ELSE 'no' END,
       k.marketing, k.night_marketing, k.personalisation, k.survey, k.third_party,
       a.attributes,
       extract(year FROM age(today.day, c.birth_on))::integer,
       (SELECT jsonb_object_agg(s.scheme, concat(s.recency, s.frequency, s.monetary))::text
        FROM public.rfm_scores s WHERE s.customer_id = c.id AND s.valid_to IS NULL),
       c.erased_at IS NOT NULL,
       r.recency::integer, r.frequency::integer, r.monetary::integer, r.recency::text || r.frequency || r.monetary,
       k.marketing_channels,
       n.attribute_1, a.value_1, n.attribute_2, a.value_2, n.attribute_3, a.value_3, n.attribute_4, a.value_4,
       n.attribute_5, a.value_5, n.attribute_6, a.value_6, n.attribute_7, a.value_7, n.attribute_8, a.value_8,
       n.attribute_9, a.value_9, n.attribute_10, a.value_10
FROM public.customer_versions v
JOIN public.customers c ON c.id = v.customer_id
CROSS JOIN today
CROSS JOIN named n
LEFT JOIN public.rfm_scores r ON r.customer_id = c.id AND r.valid_to IS NULL AND r.scheme = today.rfm_scheme
LEFT JOIN public.household_members m ON m.customer_id = c.id AND m.until_on IS NULL
LEFT JOIN public.branches b ON b.id = c.home_branch_id
CROSS JOIN LATERAL (
    SELECT CASE WHEN bool_or(given) FILTER (WHERE purpose = 'MARKETING') THEN 'yes' ELSE 'no' END AS marketing,
           CASE WHEN bool_or(given) FILTER (WHERE purpose = 'NIGHT_MARKETING') THEN 'yes' ELSE 'no' END AS night_marketing,
           CASE WHEN bool_or(given) FILTER (WHERE purpose = 'PERSONALISATION') THEN 'yes' ELSE 'no' END AS personalisation,
           CASE WHEN bool_or(given) FILTER (WHERE purpose = 'SURVEY') THEN 'yes' ELSE 'no' END AS survey,
           CASE WHEN bool_or(given) FILTER (WHERE purpose = 'THIRD_PARTY') THEN 'yes' ELSE 'no' END AS third_party,
           string_agg(coalesce(lower(channel), 'any'), ',' ORDER BY channel NULLS FIRST)
               FILTER (WHERE purpose = 'MARKETING' AND given) AS marketing_channels
    FROM (
        SELECT n.purpose, n.channel, n.given,
               row_number() OVER (PARTITION BY n.purpose, n.channel ORDER BY n.at DESC, n.id DESC) AS place,
               count(*) FILTER (WHERE n.channel IS NULL) OVER (
                   PARTITION BY n.purpose ORDER BY n.at DESC, n.id DESC
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS of_all_later
        FROM public.consents n WHERE n.customer_id = c.id
    ) said
    WHERE place = 1 AND of_all_later = 0
) k
CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(name, said)::text AS attributes,
           max(said) FILTER (WHERE slot = 1) AS value_1, max(said) FILTER (WHERE slot = 2) AS value_2,
           max(said) FILTER (WHERE slot = 3) AS value_3, max(said) FILTER (WHERE slot = 4) AS value_4,
           max(said) FILTER (WHERE slot = 5) AS value_5, max(said) FILTER (WHERE slot = 6) AS value_6,
           max(said) FILTER (WHERE slot = 7) AS value_7, max(said) FILTER (WHERE slot = 8) AS value_8,
           max(said) FILTER (WHERE slot = 9) AS value_9, max(said) FILTER (WHERE slot = 10) AS value_10
    FROM (
        SELECT s.name, s.slot, coalesce(v.text_value, trim_scale(v.number_value)::text, v.boolean_value::text,
                                        v.date_value::text) AS said
        FROM public.customer_attribute_values v JOIN slots s ON s.name = v.attribute
        WHERE v.customer_id = c.id
    ) told
) a
