-- The key is the currency's ISO 4217 number.
-- @column currency_key integer not null
-- @column code text
-- @column scale integer
SELECT 0 AS currency_key, NULL::text AS code, NULL::integer AS scale
UNION ALL
SELECT number::integer, code, scale::integer FROM public.currencies
