-- What customers were found to be by the company's scheme of RFM, and from which day until which: a row for each time. A
-- score of a day holds from its end on, so a fact of that day has it. A fact is joined by its customer and its day; before
-- the first score it has none.
-- @follows customer by customer_id
-- @follows scores by customer.*
-- @follows rfm_scheme by customer.*
-- @column customer_rfm_key bigint not null
-- @column customer_id bigint not null
-- @column is_current boolean not null
-- @column valid_from timestamptz
-- @column valid_to timestamptz
-- @column from_key integer not null
-- @column to_key integer not null
-- @column rfm_recency integer
-- @column rfm_frequency integer
-- @column rfm_monetary integer
-- @column rfm_cell text
SELECT 0::bigint AS customer_rfm_key, 0::bigint AS customer_id, true AS is_current, NULL::timestamptz AS valid_from,
       NULL::timestamptz AS valid_to, 0 AS from_key, 99999999 AS to_key, NULL::integer AS rfm_recency,
       NULL::integer AS rfm_frequency, NULL::integer AS rfm_monetary, NULL::text AS rfm_cell
UNION ALL
SELECT r.id, r.customer_id, r.valid_to IS NULL, r.valid_from::timestamp AT TIME ZONE company.time_zone,
       r.valid_to::timestamp AT TIME ZONE company.time_zone,
       to_char(r.valid_from, 'YYYYMMDD')::integer, coalesce(to_char(r.valid_to, 'YYYYMMDD')::integer, 99999999),
       r.recency::integer, r.frequency::integer, r.monetary::integer, r.recency::text || r.frequency || r.monetary
FROM public.company JOIN public.rfm_scores r ON r.scheme = company.rfm_scheme
