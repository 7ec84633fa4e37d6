-- What one of a currency is in another one, from a business day on, until a later row of the two.
-- @follows exchange_rate by exchange_rate_key
-- @column exchange_rate_key bigint not null
-- @column currency_key integer not null
-- @column to_currency_key integer not null
-- @column date_key integer not null
-- @column rate rate
SELECT 0::bigint AS exchange_rate_key, 0 AS currency_key, 0 AS to_currency_key, 0 AS date_key, NULL::numeric(18, 10) AS rate
UNION ALL
SELECT r.id, f.number::integer, t.number::integer, to_char(r.valid_on, 'YYYYMMDD')::integer, r.rate
FROM public.exchange_rates r
JOIN public.currencies f ON f.code = r.from_currency
JOIN public.currencies t ON t.code = r.to_currency
