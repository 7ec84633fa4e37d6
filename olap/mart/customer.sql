-- Customers by their dated traits (SCD2): one row per customer and version. `owner_id` and `home_branch_id` are
-- those of today in every version: they decide who may see a row, and that follows the present.
-- @follows customer by customer_id
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
SELECT 0::bigint AS customer_key, 0::bigint AS customer_id, true AS is_current,
       NULL::timestamptz AS valid_from, NULL::timestamptz AS valid_to,
       NULL::text AS country, NULL::text AS region, NULL::text AS district,
       NULL::text AS gender, NULL::text AS occupation, NULL::text AS wealth_band,
       NULL::bigint AS owner_id, NULL::bigint AS home_branch_id
UNION ALL
SELECT v.id, v.customer_id, v.valid_to IS NULL, v.valid_from, v.valid_to,
       v.country, v.region, v.district, lower(v.gender), v.occupation, v.wealth_band,
       c.owner_id, c.home_branch_id
FROM public.customer_versions v
JOIN public.customers c ON c.id = v.customer_id
