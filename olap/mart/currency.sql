-- The key is the currency's ISO 4217 number.
SELECT 0 AS currency_key, NULL::text AS code, NULL::integer AS scale
UNION ALL
SELECT number::integer, code, scale::integer FROM public.currencies
