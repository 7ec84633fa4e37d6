-- Customers by their dated traits (SCD2): one row per customer and version. From `owner_id` on the traits are those of
-- today in every version: the owner and the home branch decide who may see a row, and that follows the present; the
-- band of the age is that of the day on which it is read, and a new day is a change of `day`. So are the years completed
-- (`age`), the scores by each scheme of RFM (`rfm`, recency, frequency and monetary value) and whether he was erased.
-- A consent holds where the latest word on the purpose, for any channel, gives it.
-- @follows customer by customer_id
-- @follows household by household_id
-- @follows household through housed
-- @follows branch by home_branch_id
-- @follows consent through consented
-- @follows customer_attribute by *
-- @follows day by *
-- @follows scores by *
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
WITH today AS (
    SELECT (now() AT TIME ZONE time_zone)::date AS day FROM public.company
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
       NULL::text AS third_party, NULL::text AS attributes, NULL::integer AS age, NULL::text AS rfm, false AS erased
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
       (SELECT jsonb_object_agg(a.attribute, coalesce(a.text_value, trim_scale(a.number_value)::text,
                                                      a.boolean_value::text, a.date_value::text))::text
        FROM public.customer_attribute_values a JOIN public.customer_attributes t ON t.name = a.attribute
        WHERE a.customer_id = c.id AND t.reportable),
       extract(year FROM age(today.day, c.birth_on))::integer,
       (SELECT jsonb_object_agg(s.scheme, concat(s.recency, s.frequency, s.monetary))::text
        FROM public.rfm_scores s WHERE s.customer_id = c.id AND s.valid_to IS NULL),
       c.erased_at IS NOT NULL
FROM public.customer_versions v
JOIN public.customers c ON c.id = v.customer_id
CROSS JOIN today
LEFT JOIN public.household_members m ON m.customer_id = c.id AND m.until_on IS NULL
LEFT JOIN public.branches b ON b.id = c.home_branch_id
CROSS JOIN LATERAL (
    SELECT CASE WHEN bool_or(given) FILTER (WHERE purpose = 'MARKETING') THEN 'yes' ELSE 'no' END AS marketing,
           CASE WHEN bool_or(given) FILTER (WHERE purpose = 'NIGHT_MARKETING') THEN 'yes' ELSE 'no' END AS night_marketing,
           CASE WHEN bool_or(given) FILTER (WHERE purpose = 'PERSONALISATION') THEN 'yes' ELSE 'no' END AS personalisation,
           CASE WHEN bool_or(given) FILTER (WHERE purpose = 'SURVEY') THEN 'yes' ELSE 'no' END AS survey,
           CASE WHEN bool_or(given) FILTER (WHERE purpose = 'THIRD_PARTY') THEN 'yes' ELSE 'no' END AS third_party
    FROM (
        SELECT DISTINCT ON (n.purpose, n.channel) n.purpose, n.given
        FROM public.consents n WHERE n.customer_id = c.id
        ORDER BY n.purpose, n.channel, n.at DESC, n.id DESC
    ) latest
) k
